import { type SqlBool, sql } from 'kysely';

import type { Instant } from '#kyc/instant';
import { readBeside, type StorePlace } from '#store/read-beside';
import type { GrantTable } from '#store/tables';

import type { HeldGrant } from './grants.ts';

const NO_STORE = 'There is no store of this version there: start the gateway once.';
const ROWS_AT_ONCE = 5000;

/**
 * All grants, by partner, kind and value in byte order, some at a time: beside a running gateway too.
 * @throws StoreRefusedError when there is no store, or one of another version
 */
export async function* readGrants(place: StorePlace): AsyncGenerator<HeldGrant> {
  let last: GrantTable | undefined;
  for (;;) {
    const rows: readonly GrantTable[] = await readBeside(place, NO_STORE, async (database) => {
      const grants = database.selectFrom('grants').selectAll();
      const { partner, kind, value } = last ?? {};
      const rest =
        last === undefined
          ? grants
          : grants.where(sql<SqlBool>`(partner, kind, value) > (${partner}, ${kind}, ${value})`);
      return await rest.orderBy('partner').orderBy('kind').orderBy('value').limit(ROWS_AT_ONCE).execute();
    });
    for (const { granted_at, granted_by, ...grant } of rows)
      yield { ...grant, grantedAt: granted_at as Instant, grantedBy: granted_by };
    last = rows.at(-1);
    if (rows.length < ROWS_AT_ONCE) return;
  }
}
