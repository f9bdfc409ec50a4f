import { type Expression, type ExpressionBuilder, type SqlBool, sql } from 'kysely';

import { foldTerm, type SearchKind } from '#kyc/search-terms';
import type { Sight } from '#kyc/sight';
import type { UserFilter } from '#kyc/user-filter';
import type { Sealers } from '#store/sealing';
import type { Tables } from '#store/tables';

import { hashedTerm } from './personal-hashes.ts';

type Builder = ExpressionBuilder<Tables, 'users'>;

/**
 * What a filter by personal values demands of a row of `users`: that a record gives the value of one of the user's own
 * identities. Found by its hash with any key of the ring. Who sees a part of the records finds nobody.
 */
export function searchesMeant(
  eb: Builder,
  { search }: Pick<Sealers, 'search'>,
  { email, documentNumber, fullName }: UserFilter,
  sight: Sight,
): Expression<SqlBool>[] {
  const said: readonly (readonly [SearchKind, string | undefined])[] = [
    ['EMAIL', email],
    ['DOCUMENT_NUMBER', documentNumber],
    ['FULL_NAME', fullName],
  ];
  return said.flatMap(([kind, text]): Expression<SqlBool>[] => {
    if (text === undefined) return [];
    const folded = foldTerm(kind, text);
    if (folded === null || sight !== 'ALL') return [sql<SqlBool>`1 = 0`];
    return [eb('users.id', 'in', ownersOf(eb, kind, search.hashes(hashedTerm(kind, folded))))];
  });
}

function ownersOf(eb: Builder, kind: SearchKind, hashes: readonly Uint8Array[]) {
  return eb
    .selectFrom('personal_hashes')
    .innerJoin('identities', (join) =>
      join
        .onRef('identities.source', '=', 'personal_hashes.source')
        .onRef('identities.external_id', '=', 'personal_hashes.external_user_id'),
    )
    .select('identities.user_id')
    .where('personal_hashes.kind', '=', kind)
    .where('personal_hashes.hash', 'in', hashes);
}
