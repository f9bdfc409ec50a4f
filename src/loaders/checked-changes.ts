import { isLimitedToSources, SEES_ALL } from '#kyc/sight';
import type { User } from '#kyc/user';
import type { ChangeReads, ReadTo } from '#store/changes/changes';
import type { StoreReads } from '#store/store-reads';

import type { SightCheck } from './sight-check.ts';

/**
 * The log for one caller, each row checked again on its way out (checked-reads.ts). The check remembers what it found:
 * who reads on for long needs another one by and by.
 */
export function checkedChanges(
  store: StoreReads,
  check: SightCheck,
  noteDropped: (rows: number) => void,
): ChangeReads {
  const { changes } = store;
  const rows = new SeenRows(store, check, noteDropped);
  return {
    get epoch() {
      return changes.epoch;
    },
    head: () => changes.head(),
    async readStatusChanges(query, sight) {
      const read = await changes.readStatusChanges(query, sight);
      return { ...read, rows: await rows.ofRecords(read.rows) };
    },
    async readUserKycChanges(query, sight) {
      const read = await changes.readUserKycChanges(query, sight);
      return { ...read, rows: await rows.ofWholeUsers(read.rows) };
    },
    async readAnswerMoves(query, sight) {
      const read = await changes.readAnswerMoves(query, sight);
      return { ...read, rows: await rows.ofUsers(read.rows) };
    },
    async pageStatusChanges(query, sight) {
      const page = await changes.pageStatusChanges(query, sight);
      return { ...page, rows: await rows.ofRecords(page.rows) };
    },
    countStatusChanges: (filter, sight) => changes.countStatusChanges(filter, sight),
    async readAt(position, sight) {
      const row = await changes.readAt(position, sight);
      if (row === null) return null;
      const [seen] = 'verificationId' in row ? await rows.ofRecords([row]) : await rows.ofWholeUsers([row]);
      return seen ?? null;
    },
  };
}

type Rows<Row> = ReadTo<Row>['rows'];
interface OfUser {
  readonly userId: string;
}

class SeenRows {
  readonly #store: StoreReads;
  readonly #check: SightCheck;
  readonly #noteDropped: (rows: number) => void;

  constructor(store: StoreReads, check: SightCheck, noteDropped: (rows: number) => void) {
    this.#store = store;
    this.#check = check;
    this.#noteDropped = noteDropped;
  }

  async ofRecords<Row extends { readonly verificationId: string }>(rows: Rows<Row>): Promise<Rows<Row>> {
    const ids = [...new Set(rows.map((row) => row.verificationId))];
    const records = await this.#store.readVerifications(ids, SEES_ALL);
    const seen = await this.#check.recordsSeen(records.filter((known) => known !== null));
    return this.#kept(rows, new Set(seen.map(({ id }) => id)), (row) => row.verificationId);
  }

  /** An answer is made of all sources. */
  async ofWholeUsers<Row extends OfUser>(rows: Rows<Row>): Promise<Rows<Row>> {
    if (isLimitedToSources(this.#check.sight)) return this.#kept(rows, new Set(), (row) => row.userId);
    return await this.#ofUsers(rows, async (user) => await this.#check.seesWhole(user.id));
  }

  async ofUsers<Row extends OfUser>(rows: Rows<Row>): Promise<Rows<Row>> {
    return await this.#ofUsers(rows, async (user) => (await this.#check.usersSeen([user]))[0] !== null);
  }

  /** By the ids under which they were told of, which may be aliases by now. */
  async #ofUsers<Row extends OfUser>(rows: Rows<Row>, isSeen: IsSeen): Promise<Rows<Row>> {
    const ids = [...new Set(rows.map((row) => row.userId))];
    const users = await this.#store.readUsers(ids, SEES_ALL);
    const seen = await Promise.all(users.map(async (user) => user !== null && (await isSeen(user))));
    return this.#kept(rows, new Set(ids.filter((_, at) => seen[at] === true)), (row) => row.userId);
  }

  #kept<Row>(rows: Rows<Row>, seen: ReadonlySet<string>, idOf: (row: Row) => string): Rows<Row> {
    const kept = rows.filter((row) => seen.has(idOf(row)));
    if (kept.length < rows.length) this.#noteDropped(rows.length - kept.length);
    return kept;
  }
}

type IsSeen = (user: User) => Promise<boolean>;
