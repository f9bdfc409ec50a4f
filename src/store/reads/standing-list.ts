import { expressionBuilder, type RawBuilder, type SqlBool, sql } from 'kysely';

import type { Sight } from '#kyc/sight';
import type { VerificationFilter } from '#kyc/verification-filter';
import type { Dialect } from '#store/dialect';
import type { Tables } from '#store/tables';
import type { Transact } from '#store/transact';

import { inOrder, type KeysetList, type Run } from './keyset-page.ts';
import type { selectKnown } from './known-rows.ts';
import type { KnownRow } from './row-to-known.ts';
import { besidesStanding, hasStanding, type Standing, unionOf } from './standings.ts';
import { verificationWhere } from './verification-where.ts';

type Fetching = Pick<KeysetList<KnownRow>, 'fetch' | 'hasRows'>;

/** Of each standing as many rows as the page could need, by its index, and of these the first. */
export function fetchByStanding(
  transaction: Transact,
  known: ReturnType<typeof selectKnown>,
  standings: readonly Standing[],
  rest: RawBuilder<SqlBool>,
): Fetching {
  const first = (run: Run, limit: number) => {
    const names = run.orderBy.map(({ column, direction }) => ({
      name: column.split('.').at(-1) ?? column,
      direction,
    }));
    const order = sql.join(names.map(({ name, direction }) => sql`${sql.ref(name)} ${sql.raw(direction)}`));
    const columns = sql.join(
      [...new Set(['id', ...names.map(({ name }) => name)])].map((name) => sql.ref(name)),
    );
    const each = standings.map(
      (standing) => sql`
        select ${columns} from verifications where ${hasStanding(standing)} and ${rest} and ${run.where}
        order by ${order} limit ${limit}`,
    );
    return sql<{ id: string }>`select id from (${unionOf(each)}) as runs order by ${order} limit ${limit}`;
  };
  return {
    async fetch(run, limit) {
      if (standings.length === 0) return [];
      const rows = inOrder(known, run);
      return await rows.where(sql<SqlBool>`verifications.id in (${first(run, limit)})`).execute();
    },
    async hasRows(run) {
      if (standings.length === 0) return false;
      return (await first(run, 1).execute(transaction)).rows.length > 0;
    },
  };
}

/** Counts each standing's rows by its index. */
export async function countByStanding(
  transaction: Transact,
  standings: readonly Standing[],
  rest: RawBuilder<SqlBool>,
): Promise<number> {
  if (standings.length === 0) return 0;
  const each = standings.map(
    (standing) => sql`select count(*) as count from verifications where ${hasStanding(standing)} and ${rest}`,
  );
  const { rows } = await sql<{ count: number | string }>`
    select sum(count) as count from (${unionOf(each)}) as runs`.execute(transaction);
  return Number(rows[0]?.count ?? 0);
}

/** True when the standings have so few rows together that they are best sorted, whatever the order. */
export async function areFew(transaction: Transact, standings: readonly Standing[]): Promise<boolean> {
  if (standings.length === 0) return true;
  const each = standings.map(
    (standing) =>
      sql`select 1 as one from verifications where ${hasStanding(standing)} limit ${FEW_ROWS + 1}`,
  );
  const { rows } = await sql<{ count: number | string }>`
    select count(*) as count from (${unionOf(each)}) as runs`.execute(transaction);
  return Number(rows[0]?.count ?? 0) <= FEW_ROWS;
}

/** To sort so many takes no longer than a walk past as many others. */
const FEW_ROWS = 2000;

/** What else is demanded of a row whose standing is meant and may be seen. */
export function whereBesides(
  dialect: Dialect,
  filter: VerificationFilter,
  sight: Sight,
): RawBuilder<SqlBool> {
  const where = verificationWhere(dialect, ...besidesStanding(filter, sight));
  return sql`${where(expressionBuilder<Tables, 'verifications'>())}`;
}
