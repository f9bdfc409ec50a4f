import type { Expression, ExpressionBuilder, SqlBool } from 'kysely';

import type { Instant } from '#kyc/instant';
import type { SourceId } from '#kyc/source-id';
import { anyOf } from '#store/any-of';
import type { Database } from '#store/database';
import type { Dialect } from '#store/dialect';
import type { DueIdentity, Store } from '#store/store';
import type { Tables } from '#store/tables';

type Due = Parameters<Store['dueIdentities']>[1];
type Reading = Pick<Database, 'read' | 'longRead' | 'dialect'>;

/** Never read first, then open ones, then the others, each the longest unread first; every part is one range of an index. */
export async function dueIdentities(
  database: Reading,
  source: SourceId,
  due: Due,
): Promise<readonly DueIdentity[]> {
  const found: DueIdentity[] = [];
  for (const part of ['UNREAD', 'OPEN', 'FINAL'] as const) {
    if (found.length >= due.limit) break;
    found.push(...(await partOf(database, { source, due, part, limit: due.limit - found.length })));
  }
  return found;
}

async function partOf(
  { read, longRead, dialect }: Reading,
  of: { source: SourceId; due: Due; part: 'UNREAD' | 'OPEN' | 'FINAL'; limit: number },
): Promise<readonly DueIdentity[]> {
  const { due, part } = of;
  const connectedOnly = due.connectedOnly === true;
  // Many may have to be passed over before some are found whose credential is held.
  const all = (connectedOnly ? longRead : read)
    .selectFrom('identities')
    .select(['external_id', 'user_id', 'last_read_at'])
    .where('source', '=', of.source)
    .$if(connectedOnly, (query) => query.where(isConnected(dialect, due.connectedElsewhere)));
  const narrowed =
    part === 'UNREAD'
      ? all.where('open', 'in', [0, 1]).where('last_read_at', 'is', null)
      : all
          .where('open', '=', part === 'OPEN' ? 1 : 0)
          .where('last_read_at', '<', part === 'OPEN' ? due.openBefore : due.finalBefore)
          .orderBy('last_read_at');
  const rows = await narrowed.limit(of.limit).execute();
  return rows.map((row) => ({
    source: of.source,
    externalId: row.external_id,
    userId: row.user_id,
    lastReadAt: row.last_read_at as Instant | null,
  }));
}

/** True of identities whose credential the store holds, and of these, whose credentials are held elsewhere. */
export function isConnected(dialect: Dialect, elsewhere: readonly string[] = []) {
  return (eb: ExpressionBuilder<Tables, 'identities'>): Expression<SqlBool> =>
    eb.or([eb('credential', 'is not', null), anyOf(dialect, 'external_id', elsewhere, 'ROW')]);
}
