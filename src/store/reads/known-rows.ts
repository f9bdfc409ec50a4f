import type { Kysely } from 'kysely';

import type { Tables } from '#store/tables';

import { OPEN_COLUMNS } from './open-columns.ts';

/** Verifications as `knownOfRow` takes them. */
export function selectKnown(database: Kysely<Tables>) {
  return database
    .selectFrom('verifications')
    .select(([...OPEN_COLUMNS, 'personal'] as const).map((column) => `verifications.${column}` as const))
    .select((eb) =>
      eb
        .selectFrom('identities')
        .select('identities.user_id')
        .whereRef('identities.source', '=', 'verifications.source')
        .whereRef('identities.external_id', '=', 'verifications.external_user_id')
        .as('user_id'),
    );
}
