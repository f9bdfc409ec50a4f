import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import type { Instant } from '#kyc/instant';
import type { PageRequest, Position } from '#kyc/page';
import { SEES_ALL } from '#kyc/sight';
import { positionIn } from '#kyc/slice-page';
import type { VerificationFilter, VerificationOrder } from '#kyc/verification-filter';
import type { Store } from '#store/store';

import { APPROVED, aSource, idOf, REJECTED, take } from './records.ts';
import type { OpenFresh, ReopenableStore } from './reopen.ts';
import { alpha, kycRecord } from './sample-records.ts';

export interface Size {
  readonly records: number;
  /** While one list is paged to its end. */
  readonly changes: number;
  readonly rowsOfPage: number;
}

const BATCH = 200;
const START_S = 1_700_000_000;
const LISTS: readonly { order: VerificationOrder; filter: VerificationFilter; says: string }[] = [
  { order: { by: 'lastChangedAt', direction: 'DESC' }, filter: {}, says: 'newest changes first' },
  { order: { by: 'lastChangedAt', direction: 'DESC' }, filter: { sources: [alpha] }, says: 'of a source' },
  { order: { by: 'lastChangedAt', direction: 'ASC' }, filter: {}, says: 'oldest changes first' },
  { order: { by: 'updatedAt', direction: 'DESC' }, filter: {}, says: 'newest updates first' },
];

/** A list that is paged to its end while it changes: what does not change is on it once. */
export function pagesThroughChangesBehaviours(open: OpenFresh, size: Size): void {
  describe('a list that changes while it is paged', () => {
    let test: ReopenableStore;
    let world: ChangingWorld;

    beforeAll(async () => {
      test = await open();
      world = new ChangingWorld(test.store);
      await world.fill(size.records);
    }, 600_000);
    afterAll(async () => await test.remove());

    for (const direction of ['FORWARD', 'BACKWARD'] as const) {
      for (const list of LISTS) {
        it(`has each unchanged record once, ${list.says}, ${direction.toLowerCase()}`, async () => {
          const before = new Set(world.ids);
          const { seen, touched } = await walkThroughChanges(world, list, { direction, ...size });
          expect(touched.size).toBeGreaterThanOrEqual(size.changes * 0.9);
          const untouched = [...before].filter((id) => !touched.has(id));
          const faults = untouched.filter((id) => seen.get(id) !== 1);
          expect(faults.slice(0, 10), 'lost, or there twice').toEqual([]);
          const strangers = [...seen.keys()].filter((id) => !before.has(id) && !touched.has(id));
          expect(strangers).toEqual([]);
        });
      }
    }
  });
}

async function walkThroughChanges(
  world: ChangingWorld,
  { order, filter }: { order: VerificationOrder; filter: VerificationFilter },
  { direction, changes, records, rowsOfPage }: Size & { direction: PageRequest['direction'] },
): Promise<{ seen: ReadonlyMap<string, number>; touched: ReadonlySet<string> }> {
  const seen = new Map<string, number>();
  const touched = new Set<string>();
  const forward = direction === 'FORWARD';
  const perPage = Math.ceil(changes / Math.floor(records / rowsOfPage));
  let at: Position | null = null;
  for (;;) {
    const place = forward ? { after: at, before: null } : { after: null, before: at };
    const page: PageRequest = { take: rowsOfPage, direction, ...place };
    // They arrive while the page is read, in whatever order the store comes to them.
    const left = changes - touched.size;
    const [{ rows, ...flags }, arrived] = await Promise.all([
      world.store.pageVerifications({ filter, order, page }, SEES_ALL),
      world.change(Math.min(perPage, left)),
    ]);
    for (const id of arrived) touched.add(id);
    for (const { id } of rows) seen.set(id, (seen.get(id) ?? 0) + 1);
    const last = rows.at(forward ? -1 : 0);
    if (last === undefined || !(forward ? flags.hasNext : flags.hasPrevious)) return { seen, touched };
    at = positionIn(order)(last);
  }
}

/** Records that change, arrive and are deleted at their source, by numbers that are the same at each run. */
class ChangingWorld {
  readonly store: Store;
  readonly #numbers: number[] = [];
  #lastNumber = 0;
  #second = 0;
  #step = 1;

  constructor(store: Store) {
    this.store = store;
  }

  get ids(): readonly string[] {
    return this.#numbers.map((number) => idOf(this.#record(number)));
  }

  async fill(count: number): Promise<void> {
    for (let from = 0; from < count; from += BATCH)
      await this.#take(Array.from({ length: Math.min(BATCH, count - from) }, () => this.#arrive()));
  }

  /** Returns the ids of what changed. */
  async change(count: number): Promise<readonly string[]> {
    if (count <= 0) return [];
    this.#second += 1;
    const numbers = Array.from({ length: count }, () => this.#pick());
    const changed = numbers.map((number) => this.#record(number, this.#step % 2 === 0 ? APPROVED : REJECTED));
    if (this.#step % 5 === 0) changed.push(this.#arrive());
    await this.#take(changed);
    const ids = changed.map(idOf);
    if (this.#step % 7 !== 0) return ids;
    const readStartedAt = await this.store.now();
    const gone = ids.slice(0, 1);
    await this.store.bury({ source: aSource(), verificationIds: gone, learntBy: 'POLL', readStartedAt });
    return ids;
  }

  #pick(): number {
    this.#step += 1;
    return this.#numbers[(this.#step * 7919) % this.#numbers.length] ?? 0;
  }

  #arrive() {
    this.#lastNumber += 1;
    this.#numbers.push(this.#lastNumber);
    return this.#record(this.#lastNumber);
  }

  /** Fifty records share a time, so that pages end among equals. */
  #record(number: number, said = {}) {
    const seconds = this.#second === 0 ? Math.floor(number / 50) : 10_000_000 + this.#second;
    const updatedAt =
      `${new Date((START_S + seconds) * 1000).toISOString().slice(0, 19)}.000000000Z` as Instant;
    return kycRecord({ externalId: `record-${number}`, updatedAt, ...said });
  }

  async #take(records: Parameters<typeof take>[1]): Promise<void> {
    await take(this.store, records, { readStartedAt: await this.store.now() });
  }
}
