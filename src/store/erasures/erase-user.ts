import type { Instant } from '#kyc/instant';
import type { SourceId } from '#kyc/source-id';
import type { IdentityRef } from '#kyc/user';
import { anyOf } from '#store/any-of';
import type { StoreContext } from '#store/context';
import { resolveAliases } from '#store/links/aliases';
import { endReveals } from '#store/reveals/reveals';
import type { Transact } from '#store/transact';
import { forgetBodies } from '#store/webhook-events/forget-bodies';

import { eraseRecords } from './erase-records.ts';
import { erasedName, identityOfName, loadErased } from './erased-identities.ts';
import type { ErasedAtSource, Erasure } from './erasures.ts';

/** First the identities are marked, so that nothing comes in behind the erasure; then their records, batch after batch. */
export async function eraseUser(context: StoreContext, named: string): Promise<Erasure | null> {
  const marked = await inLock(context, (transaction) => markUser(transaction, context, named));
  if (marked === null) return null;
  await eraseIdentities(context, marked.identities);
  const { database } = context;
  const sources = await atSources(context, marked.userId);
  await database.forget?.();
  return { userId: marked.userId, erasedAt: marked.erasedAt, sources };
}

export async function finishErasures(context: StoreContext): Promise<void> {
  const rows = await context.database.read
    .selectFrom('erasures')
    .select('identity')
    .where('completed_at', 'is', null)
    .execute();
  if (rows.length === 0) return;
  const names = rows.map(({ identity }) => context.sealers.erased.open(identity));
  await eraseIdentities(context, names.map(identityOfName));
  await context.database.forget?.();
}

async function eraseIdentities(context: StoreContext, identities: readonly IdentityRef[]): Promise<void> {
  for (const [source, list] of Map.groupBy(identities, (identity) => identity.source)) {
    const externalIds = list.map(({ externalId }) => externalId);
    await inLock(context, (transaction) =>
      forgetBodies(transaction, context.database.dialect, source, externalIds),
    );
    for (let after: string | null = ''; after !== null; ) {
      const from: string = after;
      after = await inLock(context, (transaction) =>
        eraseRecords(transaction, context, source, externalIds, from),
      );
    }
  }
  await inLock(context, (transaction) => markDone(transaction, context, identities));
}

function inLock<Result>(
  { database }: StoreContext,
  work: (transaction: Transact) => Promise<Result>,
): Promise<Result> {
  return database.write.transaction().execute(async (transaction) => {
    await database.dialect.lockAppends(transaction);
    return await work(transaction);
  });
}

interface Marked {
  readonly userId: string;
  readonly identities: readonly IdentityRef[];
  readonly erasedAt: Instant;
}

/** Null for nobody. */
async function markUser(transaction: Transact, context: StoreContext, named: string): Promise<Marked | null> {
  const { dialect } = context.database;
  const [userId = named] = await resolveAliases(transaction, dialect, [named]);
  const rows = await transaction
    .selectFrom('identities')
    .select(['source', 'external_id'])
    .where(anyOf(dialect, 'user_id', [userId]))
    .execute();
  if (rows.length === 0) return null;
  const at = await context.database.now(transaction);
  const identities = rows.map(
    (row): IdentityRef => ({ source: row.source as SourceId, externalId: row.external_id }),
  );
  for (const [source, list] of Map.groupBy(identities, (identity) => identity.source)) {
    const externalIds = list.map(({ externalId }) => externalId);
    const erased = await loadErased(transaction, context.sealers, source, externalIds);
    const unmarked = list.filter(({ externalId }) => !erased.has(externalId));
    if (unmarked.length > 0) await mark(transaction, context, unmarked, at);
  }
  await transaction
    .updateTable('identities')
    .set({ credential: null, owner: null, owner_hash: null })
    .where('user_id', '=', userId)
    .execute();
  await endReveals(transaction, dialect, [userId]);
  return { userId, identities, erasedAt: (await firstErasedAt(transaction, context, identities)) ?? at };
}

async function mark(
  transaction: Transact,
  { sealers: { erased } }: StoreContext,
  identities: readonly IdentityRef[],
  at: Instant,
): Promise<void> {
  const rows = identities.map(erasedName).map((name) => ({
    hash: erased.hash(name),
    identity: erased.seal(name),
    erased_at: at,
    completed_at: null,
  }));
  await transaction.insertInto('erasures').values(rows).execute();
}

function hashesOf({ sealers: { erased } }: StoreContext, identities: readonly IdentityRef[]) {
  return identities.flatMap((identity) => erased.hashes(erasedName(identity)));
}

async function firstErasedAt(
  transaction: Transact,
  context: StoreContext,
  identities: readonly IdentityRef[],
): Promise<Instant | null> {
  const { at } = await transaction
    .selectFrom('erasures')
    .select((eb) => eb.fn.min('erased_at').as('at'))
    .where('hash', 'in', hashesOf(context, identities))
    .executeTakeFirstOrThrow();
  return at as Instant | null;
}

async function markDone(
  transaction: Transact,
  context: StoreContext,
  identities: readonly IdentityRef[],
): Promise<void> {
  await transaction
    .updateTable('erasures')
    .set({ completed_at: await context.database.now(transaction) })
    .where('hash', 'in', hashesOf(context, identities))
    .where('completed_at', 'is', null)
    .execute();
}

async function atSources(
  { database: { read } }: StoreContext,
  userId: string,
): Promise<readonly ErasedAtSource[]> {
  const rows = await read
    .selectFrom('identities')
    .leftJoin('subjects', (join) =>
      join
        .onRef('subjects.source', '=', 'identities.source')
        .onRef('subjects.external_user_id', '=', 'identities.external_id'),
    )
    .leftJoin('verifications', 'verifications.id', 'subjects.verification_id')
    .select(['identities.source', 'subjects.role', 'verifications.id', 'verifications.deleted'])
    .where('identities.user_id', '=', userId)
    .orderBy('identities.source')
    .execute();
  return [...Map.groupBy(rows, (row) => row.source)].map(([source, list]) => {
    const own = new Set(list.flatMap((row) => (row.role === 'OWNER' && row.id !== null ? [row.id] : [])));
    const all = new Set(list.flatMap((row) => (row.id === null ? [] : [row.id])));
    const there = new Set(list.flatMap((row) => (row.id === null || row.deleted === 1 ? [] : [row.id])));
    const ownAtSource = [...there].filter((id) => own.has(id)).length;
    return {
      source: source as SourceId,
      records: all.size,
      ownAtSource,
      othersAtSource: there.size - ownAtSource,
    };
  });
}
