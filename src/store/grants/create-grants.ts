import { sql } from 'kysely';

import type { Instant } from '#kyc/instant';
import type { SourceId } from '#kyc/source-id';
import { anyOf, isStorable } from '#store/any-of';
import type { Database } from '#store/database';
import { presentUsers } from '#store/links/import-known';
import type { GrantTable } from '#store/tables';
import type { Transact } from '#store/transact';

import { type Grant, type GrantedTo, type GrantOutcome, type Grants, MAX_GRANTS } from './grants.ts';

/** Grants in the tables of a store. */
export function createGrants(database: Database): Grants {
  return {
    grant: (grants, by) => grantAll(database, grants, by),
    revoke: (grant) => revoke(database, grant),
    of: (partner) => readGranted(database, partner),
    holdsUsers: (partner, userIds) => holdsUsers(database, partner, userIds),
  };
}

/** Behind the append lock: a user who is granted while being merged would be left behind under an id that is nobody's. */
async function grantAll(
  database: Database,
  grants: readonly Grant[],
  by: string,
): Promise<readonly GrantOutcome[]> {
  if (grants.length > MAX_GRANTS) throw new RangeError(`At most ${MAX_GRANTS} grants at once.`);
  if (grants.length === 0) return [];
  const { write, dialect } = database;
  return await write.transaction().execute(async (transaction) => {
    await dialect.lockAppends(transaction);
    const present = await resolve(transaction, dialect, grants);
    const at = await database.now(transaction);
    const rows = present.flatMap((grant) => (grant === null ? [] : [rowOf(grant, by, at)]));
    const made = new Set((await insert(transaction, rows)).map(keyOf));
    return present.map((grant) => outcomeOf(grant, made));
  });
}

/** Each with the present id of its user; null where that is nobody. */
async function resolve(
  transaction: Transact,
  dialect: Database['dialect'],
  grants: readonly Grant[],
): Promise<readonly (Grant | null)[]> {
  const named = grants.filter(({ kind }) => kind === 'USER').map(({ value }) => value);
  const present = await presentUsers(transaction, dialect, named.filter(isStorable));
  return grants.map((grant) => {
    if (grant.kind !== 'USER') return grant;
    const value = present.get(grant.value);
    return value === undefined ? null : { ...grant, value };
  });
}

function rowOf({ partner, kind, value }: Grant, granted_by: string, granted_at: Instant): GrantTable {
  return { partner, kind, value, granted_at, granted_by };
}

/** @returns the rows that were not there yet */
async function insert(
  transaction: Transact,
  rows: readonly GrantTable[],
): Promise<readonly Omit<GrantTable, 'granted_at' | 'granted_by'>[]> {
  if (rows.length === 0) return [];
  return await transaction
    .insertInto('grants')
    .values(rows)
    .onConflict((conflict) => conflict.columns(['partner', 'kind', 'value']).doNothing())
    .returning(['partner', 'kind', 'value'])
    .execute();
}

function keyOf({ partner, kind, value }: Grant): string {
  return JSON.stringify([partner, kind, value]);
}

/** Of a grant that stands twice in a list the first was made. */
function outcomeOf(grant: Grant | null, made: Set<string>): GrantOutcome {
  if (grant === null)
    return { changed: false, refusal: { code: 'NOT_FOUND', message: 'There is no such user.' } };
  return { changed: made.delete(keyOf(grant)), refusal: null };
}

async function revoke({ write, dialect }: Database, asked: Grant): Promise<GrantOutcome> {
  return await write.transaction().execute(async (transaction): Promise<GrantOutcome> => {
    await dialect.lockAppends(transaction);
    const [grant = null] = await resolve(transaction, dialect, [asked]);
    if (grant === null) return outcomeOf(null, new Set());
    const { partner, kind, value } = grant;
    const gone = await transaction
      .deleteFrom('grants')
      .where((eb) => eb.and({ partner, kind, value }))
      .returning('value')
      .execute();
    return { changed: gone.length > 0, refusal: null };
  });
}

/** One read, however many users there are. */
async function readGranted({ read }: Database, partner: string): Promise<GrantedTo> {
  if (!isStorable(partner)) return { sources: [], businessAccounts: [], hasUsers: false };
  const { rows } = await sql<Pick<GrantTable, 'kind' | 'value'>>`
    select kind, value from grants where partner = ${partner} and kind <> 'USER'
    union all
    select 'USER', '' where exists (select 1 from grants where partner = ${partner} and kind = 'USER')
    order by kind, value`.execute(read);
  const valuesOf = (kind: Grant['kind']) => rows.filter((row) => row.kind === kind).map(({ value }) => value);
  return {
    sources: valuesOf('SOURCE') as SourceId[],
    businessAccounts: valuesOf('BUSINESS_ACCOUNT'),
    hasUsers: valuesOf('USER').length > 0,
  };
}

async function holdsUsers(
  { read, dialect }: Database,
  partner: string,
  userIds: readonly string[],
): Promise<ReadonlySet<string>> {
  if (!isStorable(partner) || userIds.length === 0) return new Set();
  const rows = await read
    .selectFrom('grants')
    .select('value')
    .where('partner', '=', partner)
    .where('kind', '=', 'USER')
    .where(anyOf(dialect, 'grants.value', userIds))
    .execute();
  return new Set(rows.map(({ value }) => value));
}
