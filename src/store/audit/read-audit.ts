import type { Expression, ExpressionBuilder, Kysely, SqlBool } from 'kysely';

import type { Instant } from '#kyc/instant';
import type { Page, PageRequest } from '#kyc/page';
import { anyOf, isStorable } from '#store/any-of';
import type { Database } from '#store/database';
import type { Dialect } from '#store/dialect';
import { idsOfUser } from '#store/links/aliases';
import type { ListOrder } from '#store/reads/keyset';
import { inOrder, type KeysetList, readPage } from '#store/reads/keyset-page';
import { inSnapshot } from '#store/snapshot';
import type { AuditTable, Tables } from '#store/tables';
import type { Transact } from '#store/transact';

import type { AuditFilter, AuditRecord } from './audit.ts';

const NEWEST_FIRST: ListOrder = { direction: 'DESC', nullable: false, low: null, high: null };
const columns = { value: 'audit.at', id: 'audit.id' };

export async function pageAudit(
  database: Database,
  { filter, page }: { filter: AuditFilter; page: PageRequest },
): Promise<Page<AuditRecord>> {
  return await inSnapshot(database.longRead, async (transaction) => {
    const where = await whereOf(transaction, database.dialect, filter);
    const read = await readPage(listOf(transaction, where), columns, page);
    return { ...read, rows: read.rows.map(recordOfRow) };
  });
}

export async function countAudit(database: Database, filter: AuditFilter): Promise<number> {
  return await inSnapshot(database.longRead, async (transaction) => {
    const { count } = await transaction
      .selectFrom('audit')
      .select((eb) => eb.fn.countAll<number | string>().as('count'))
      .where(await whereOf(transaction, database.dialect, filter))
      .executeTakeFirstOrThrow();
    return Number(count);
  });
}

export async function readAudit(read: Kysely<Tables>, id: string): Promise<AuditRecord | null> {
  if (!isStorable(id)) return null;
  const row = await read.selectFrom('audit').selectAll().where('id', '=', id).executeTakeFirst();
  return row === undefined ? null : recordOfRow(row);
}

type Where = (eb: ExpressionBuilder<Tables, 'audit'>) => Expression<SqlBool>;

async function whereOf(transaction: Transact, dialect: Dialect, filter: AuditFilter): Promise<Where> {
  const { userId, actor } = filter;
  const conditions: Expression<SqlBool>[] = [];
  if (userId !== undefined)
    conditions.push(anyOf(dialect, 'audit.user_id', await idsOfUser(transaction, dialect, userId)));
  if (actor !== undefined) conditions.push(anyOf(dialect, 'audit.actor', [actor]));
  return (eb) => eb.and(conditions);
}

function listOf(transaction: Transact, where: Where): KeysetList<AuditTable> {
  const meant = transaction.selectFrom('audit').where(where);
  return {
    order: NEWEST_FIRST,
    fetch: async (run, limit) =>
      await inOrder(meant.where(run.where), run).selectAll().limit(limit).execute(),
    async hasRows(run) {
      const look = inOrder(meant.where(run.where), run).select('id');
      return (await look.limit(1).executeTakeFirst()) !== undefined;
    },
    positionOf: (row) => ({ value: row.at, id: row.id }),
  };
}

function recordOfRow(row: AuditTable): AuditRecord {
  return {
    id: row.id,
    at: row.at as Instant,
    actor: row.actor,
    kind: row.kind,
    action: row.action,
    userId: row.user_id,
    fields: JSON.parse(row.fields) as string[],
    reason: row.reason,
    decision: row.decision,
    requestId: row.request_id,
  };
}
