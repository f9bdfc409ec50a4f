import type { Instant } from '#kyc/instant';
import type { SourceId } from '#kyc/source-id';
import type { IdentityRef } from '#kyc/user';
import { anyOf } from '#store/any-of';
import type { StoreContext } from '#store/context';
import { moveAnswers } from '#store/intake/answers';
import type { LinkResult } from '#store/store';
import type { Transact } from '#store/transact';

import { joinUsers, LinkRefusedError } from './join-users.ts';
import { demandPossible, isPossible, takeIn } from './take-in.ts';

/** More names than this no person has. */
const MAX_IDENTITIES = 100;

/** Lists of one that share a transaction at most, so that others wait briefly behind it. */
const LISTS_OF_ONE_AT_ONCE = 200;

/**
 * Each list is one person, done or refused by itself; the results answer the lists in order. Each is a transaction,
 * but for lists of one: nothing that the store holds can refuse them, and many come at once.
 */
export async function linkIdentities(
  context: StoreContext,
  lists: readonly (readonly IdentityRef[])[],
  by: string,
): Promise<readonly LinkResult[]> {
  const results: LinkResult[] = [];
  for (const run of runsOf(lists)) {
    if (run.ones !== null) results.push(...(await linkOnesInTurn(context, run.ones, by)));
    else results.push(await asResult(() => linkOne(context, run.list, by)));
  }
  return results;
}

type Run =
  | { readonly ones: readonly IdentityRef[]; readonly list: null }
  | { readonly ones: null; readonly list: readonly IdentityRef[] };

/** The lists in order: those of one possible identity that follow each other together, each other one alone. */
function* runsOf(lists: readonly (readonly IdentityRef[])[]): Generator<Run> {
  let ones: IdentityRef[] = [];
  for (const list of lists) {
    const [only, ...others] = list;
    const isOne = only !== undefined && others.length === 0 && isPossible(only);
    if (isOne) ones.push(only);
    if (ones.length > 0 && (!isOne || ones.length === LISTS_OF_ONE_AT_ONCE)) {
      yield { ones, list: null };
      ones = [];
    }
    if (!isOne) yield { ones: null, list };
  }
  if (ones.length > 0) yield { ones, list: null };
}

/** More lists of one than these are an import, which lets pass what is being waited for. */
const FEW_ONES = 10;

function linkOnesInTurn(context: StoreContext, ones: readonly IdentityRef[], by: string) {
  const linking = () => linkOnes(context, ones, by);
  return ones.length > FEW_ONES ? context.bulk.run(linking) : linking();
}

/** Each identity is a person by itself; one that is known stays with whom it is. */
async function linkOnes(
  context: StoreContext,
  refs: readonly IdentityRef[],
  by: string,
): Promise<readonly LinkResult[]> {
  const { database, bell } = context;
  const { rows, appended } = await database.write.transaction().execute(async (transaction) => {
    await database.dialect.lockAppends(transaction);
    const at = await database.now(transaction);
    const { rows, founded } = await takeIn(transaction, context, refs, at);
    const isNew = new Set(founded);
    const newcomers = rows.filter((row) => isNew.has(row.user_id)).map(refOfRow);
    await nameLinker(transaction, context, newcomers, by);
    const causes = new Map(founded.map((id) => [id, 'LINK' as const]));
    return { rows, appended: await moveAnswers(transaction, context, { causes, at }) };
  });
  if (appended > 0) bell.ring();
  return rows.map((row) => ({ userId: row.user_id, refusal: null }));
}

function refOfRow(row: { source: string; external_id: string }): IdentityRef {
  return { source: row.source as SourceId, externalId: row.external_id };
}

/** Turns an expected refusal into data. */
export async function asResult(link: () => Promise<string>): Promise<LinkResult> {
  try {
    return { userId: await link(), refusal: null };
  } catch (error) {
    if (error instanceof LinkRefusedError) return { userId: null, refusal: error.refusal };
    throw error;
  }
}

/** @throws LinkRefusedError INVALID_INPUT for what cannot be one person */
export function demandList(refs: readonly IdentityRef[]): void {
  if (refs.length === 0 || refs.length > MAX_IDENTITIES)
    throw new LinkRefusedError('INVALID_INPUT', `A person has 1 to ${MAX_IDENTITIES} identities.`);
  refs.forEach(demandPossible);
}

async function linkOne(context: StoreContext, refs: readonly IdentityRef[], by: string): Promise<string> {
  demandList(refs);
  const { database, bell } = context;
  const { userId, appended } = await database.write.transaction().execute(async (transaction) => {
    await database.dialect.lockAppends(transaction);
    const at = await database.now(transaction);
    return await linkIn(transaction, context, { refs, by, at });
  });
  if (appended > 0) bell.ring();
  return userId;
}

/**
 * Makes one person of a list, in a transaction that holds the append lock.
 * @throws LinkRefusedError with the transaction half done: it must be rolled back
 */
export async function linkIn(
  transaction: Transact,
  context: StoreContext,
  { refs, by, at }: { refs: readonly IdentityRef[]; by: string; at: Instant },
): Promise<{ userId: string; changed: boolean; appended: number }> {
  demandList(refs);
  const { rows, founded } = await takeIn(transaction, context, refs, at);
  const userIds = new Set(rows.map((row) => row.user_id));
  const { dialect } = context.database;
  const userId = await joinUsers(transaction, dialect, { userIds: [...userIds], by, at });
  const changed = founded.length > 0 || userIds.size > 1;
  if (!changed) return { userId, changed, appended: 0 };
  await nameLinker(transaction, context, refs, by);
  const causes = new Map([[userId, 'LINK' as const]]);
  return { userId, changed, appended: await moveAnswers(transaction, context, { causes, at }) };
}

/** Identities that stayed with their user were linked by hand too, from now on. */
export async function nameLinker(
  transaction: Transact,
  { database }: StoreContext,
  refs: readonly IdentityRef[],
  by: string,
): Promise<void> {
  for (const [source, list] of Map.groupBy(refs, (ref) => ref.source)) {
    const externalIds = list.map((ref) => ref.externalId);
    await transaction
      .updateTable('identities')
      .set({ linked_by: by })
      .where('source', '=', source)
      .where(anyOf(database.dialect, 'external_id', externalIds))
      .where('linked_by', 'is', null)
      .execute();
  }
}
