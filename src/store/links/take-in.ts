import type { Instant } from '#kyc/instant';
import type { IdentityRef } from '#kyc/user';
import { isStorable } from '#store/any-of';
import type { StoreContext } from '#store/context';
import { addMissingIdentities, loadIdentities } from '#store/intake/people';
import type { IdentityTable } from '#store/tables';
import type { Transact } from '#store/transact';

import { LinkRefusedError } from './join-users.ts';

/** As long as any source's id may be (upstream/wire-values.ts). */
const MAX_EXTERNAL_ID_LENGTH = 200;

export interface TakenIn {
  /** The rows of the identities, in the order of the refs. */
  readonly rows: readonly IdentityTable[];
  /** Users founded now: they have a row once their answer has moved. */
  readonly founded: readonly string[];
}

/** Finds these identities, adding those not seen yet with a user id of their own each. */
export async function takeIn(
  transaction: Transact,
  context: Pick<StoreContext, 'storeId' | 'database'>,
  refs: readonly IdentityRef[],
  at: Instant,
): Promise<TakenIn> {
  const founded: string[] = [];
  const bySource = new Map<string, ReadonlyMap<string, IdentityTable>>();
  for (const [source, list] of Map.groupBy(refs, (ref) => ref.source)) {
    const externalIds = list.map((ref) => ref.externalId);
    const known = await loadIdentities(transaction, source, externalIds);
    founded.push(...(await addMissingIdentities(transaction, context, { source, externalIds, known, at })));
    bySource.set(source, known);
  }
  const rows = refs.flatMap((ref) => bySource.get(ref.source)?.get(ref.externalId) ?? []);
  return { rows, founded };
}

/** False for an external id that no identity can have. */
export function isPossible({ externalId }: IdentityRef): boolean {
  const { length } = externalId;
  return length > 0 && length <= MAX_EXTERNAL_ID_LENGTH && isStorable(externalId);
}

/** @throws LinkRefusedError INVALID_INPUT for an external id that no identity can have */
export function demandPossible(identity: IdentityRef): void {
  if (isPossible(identity)) return;
  throw new LinkRefusedError(
    'INVALID_INPUT',
    `An external id is 1 to ${MAX_EXTERNAL_ID_LENGTH} characters of text.`,
  );
}
