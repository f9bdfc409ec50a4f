import type { ExpressionBuilder, Kysely } from 'kysely';

import type { Sight } from '#kyc/sight';
import type { Dialect } from '#store/dialect';
import type { Tables } from '#store/tables';

import { identityInSight } from './in-sight.ts';
import { OPEN_COLUMNS } from './open-columns.ts';

/** Verifications as `knownOfRow` takes them. */
export function selectKnown(database: Kysely<Tables>, dialect: Dialect, sight: Sight) {
  return database
    .selectFrom('verifications')
    .select(([...OPEN_COLUMNS, 'personal'] as const).map((column) => `verifications.${column}` as const))
    .select(ownerInSight(dialect, sight));
}

/** The user of a record's owner, as `user_id`: null where the owner's identity is out of sight. */
export function ownerInSight(dialect: Dialect, sight: Sight) {
  return (eb: ExpressionBuilder<Tables, 'verifications'>) =>
    eb
      .selectFrom('identities')
      .select('identities.user_id')
      .whereRef('identities.source', '=', 'verifications.source')
      .whereRef('identities.external_id', '=', 'verifications.external_user_id')
      .where((owner) => owner.and(identityInSight(dialect, sight)))
      .as('user_id');
}
