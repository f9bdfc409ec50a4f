import type { KnownVerification } from '#kyc/known-verification';
import type { Sight } from '#kyc/sight';
import type { User } from '#kyc/user';
import type { StoreReads } from '#store/store-reads';

import { checkedChanges } from './checked-changes.ts';
import { SightCheck, type SightFacts } from './sight-check.ts';

/** What one request reads by: the store checked for its caller, and what checks what sources say. */
export interface RequestReads {
  readonly store: StoreReads;
  readonly check: SightCheck;
}

export function createRequestReads(
  store: StoreReads & SightFacts,
  sight: Sight,
  noteDropped: (rows: number) => void,
): RequestReads {
  const check = new SightCheck(store, sight);
  return { check, store: checkedReads(store, check, noteDropped) };
}

/**
 * The store's reads for one caller, each row checked again on its way out: what the store's own filter should not have
 * given is left out and told to `noteDropped`, by its number. A row whose user was parted, or whose grant was revoked,
 * between the two is dropped as well.
 */
function checkedReads(store: StoreReads, check: SightCheck, noteDropped: (rows: number) => void): StoreReads {
  if (check.sight === 'ALL') return store;
  const checked = new CheckedRows(check, noteDropped);
  return {
    readUsers: async (ids, sight) => await checked.users(await store.readUsers(ids, sight)),
    readUsersByIdentity: async (refs, sight) => {
      const users = await checked.users(await store.readUsersByIdentity(refs, sight));
      return users.map((user, at) => (user !== null && holds(user, refs[at]) ? user : null));
    },
    readVerifications: async (ids, sight) =>
      await checked.verifications(await store.readVerifications(ids, sight)),
    readRaw: async (id, sight) => {
      const [known] = await checked.verifications(await store.readVerifications([id], sight));
      return known == null ? null : await store.readRaw(id, sight);
    },
    readVerificationsOfUsers: async (ids, sight) => {
      const found = await store.readVerificationsOfUsers(ids, sight);
      const seen = new Set(await checked.verifications([...found.values()].flat()));
      return new Map([...found].map(([id, records]) => [id, records.filter((known) => seen.has(known))]));
    },
    pageVerifications: async (query, sight) => {
      const page = await store.pageVerifications(query, sight);
      return { ...page, rows: present(await checked.verifications(page.rows)) };
    },
    pageUsers: async (query, sight) => {
      const page = await store.pageUsers(query, sight);
      return { ...page, rows: present(await checked.users(page.rows)) };
    },
    changes: checkedChanges(store, check, noteDropped),
    countVerifications: (filter, sight) => store.countVerifications(filter, sight),
    countUsers: (filter, sight) => store.countUsers(filter, sight),
    countOfSource: (source) => store.countOfSource(source),
    verificationStats: (query, sight) => store.verificationStats(query, sight),
    decisionTimes: (query, sight) => store.decisionTimes(query, sight),
    unmappedStatuses: (sight) => store.unmappedStatuses(sight),
  };
}

class CheckedRows {
  readonly #check: SightCheck;
  readonly #noteDropped: (rows: number) => void;

  constructor(check: SightCheck, noteDropped: (rows: number) => void) {
    this.#check = check;
    this.#noteDropped = noteDropped;
  }

  async verifications(
    rows: readonly (KnownVerification | null)[],
  ): Promise<readonly (KnownVerification | null)[]> {
    const seen = new Set(await this.#check.recordsSeen(present(rows)));
    return this.#noting(
      rows,
      rows.map((row) => (row !== null && seen.has(row) ? row : null)),
    );
  }

  /** An identity that is too much is a row too. */
  async users(rows: readonly (User | null)[]): Promise<readonly (User | null)[]> {
    const seen = (await this.#check.usersSeen(present(rows))).values();
    const kept = rows.map((row) => (row === null ? null : (seen.next().value ?? null)));
    const lost = rows.filter(
      (row, at) => row !== null && kept[at]?.identities.length !== row.identities.length,
    );
    if (lost.length > 0) this.#noteDropped(lost.length);
    return kept;
  }

  #noting<Row>(given: readonly (Row | null)[], kept: readonly (Row | null)[]): readonly (Row | null)[] {
    const dropped = present(given).length - present(kept).length;
    if (dropped > 0) this.#noteDropped(dropped);
    return kept;
  }
}

function holds(user: User, ref: { source: string; externalId: string } | undefined): boolean {
  return user.identities.some(
    ({ source, externalId }) => source === ref?.source && externalId === ref.externalId,
  );
}

function present<Row>(rows: readonly (Row | null)[]): readonly Row[] {
  return rows.filter((row) => row !== null);
}
