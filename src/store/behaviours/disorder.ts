import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import type { FetchedRecord } from '#kyc/fetched-record';
import type { Versioning } from '#kyc/version';

import { effort } from './effort.ts';
import { APPROVED, aRecord, aSource, at, idOf, knownOf, REJECTED, statusRows, take } from './records.ts';
import type { OpenFresh, ReopenableStore } from './reopen.ts';

const RUNS = 15 * effort;
const WORDS = [
  { status: 'PENDING', reason: 'SUBMITTED', sourceStatus: 'pending' },
  { status: 'IN_REVIEW', reason: 'MANUAL_REVIEW', sourceStatus: 'in_review' },
  APPROVED,
  REJECTED,
] as const;

/** One read of the record: what it said, and when the read was started. */
interface Read {
  readonly word: number;
  readonly updatedSecond: number;
  readonly startedSecond: number;
}

/** Reads that each started at a time of their own; update times repeat. */
const someReads = fc
  .uniqueArray(
    fc.record({
      word: fc.nat(WORDS.length - 1),
      updatedSecond: fc.integer({ min: 1, max: 4 }),
      startedSecond: fc.integer({ min: 10, max: 40 }),
    }),
    { minLength: 1, maxLength: 6, selector: (read) => read.startedSecond },
  )
  .chain((reads) => {
    const order = fc.array(fc.constantFrom(...reads), { maxLength: 8 });
    const whole = fc.shuffledSubarray(reads, { minLength: reads.length, maxLength: reads.length });
    // Every read at least once, in any order, with any of them any number of times before and after.
    return fc.tuple(order, whole, order).map((parts) => ({ reads, arrivals: parts.flat() }));
  });

/** The order and the number of times in which reads arrive decide nothing. */
export function disorderBehaviours(open: OpenFresh): void {
  describe('reads in any order', () => {
    let test: ReopenableStore;
    let runs = 0;

    beforeAll(async () => {
      test = await open();
    });
    afterAll(async () => await test.remove());

    it.each(['updatedAt', 'read'] as const)('end in the same state, versions by %s', async (versioning) => {
      await fc.assert(
        fc.asyncProperty(someReads, async ({ reads, arrivals }) => {
          runs += 1;
          const inOrder = `${versioning}-${runs}-in-order`;
          const anyOrder = `${versioning}-${runs}-any-order`;
          await takeAll(test, inOrder, versioning, reads.toSorted(byVersion(versioning)));
          await takeAll(test, anyOrder, versioning, arrivals);
          expect(await stateOf(test, anyOrder)).toEqual(await stateOf(test, inOrder));
          await expectSoundLog(test, anyOrder);
        }),
        { numRuns: RUNS },
      );
    });
  });
}

function byVersion(versioning: Versioning) {
  const of = ({ updatedSecond, startedSecond }: Read) =>
    (versioning === 'updatedAt' ? updatedSecond * 1000 : 0) + startedSecond;
  return (one: Read, other: Read) => of(one) - of(other);
}

function recordOf(externalId: string, { word, updatedSecond }: Read): FetchedRecord {
  return aRecord({ ...WORDS[word], externalId, externalUserId: externalId, updatedAt: at(updatedSecond) });
}

async function takeAll(
  { store }: ReopenableStore,
  externalId: string,
  versioning: Versioning,
  reads: readonly Read[],
): Promise<void> {
  for (const read of reads) {
    const how = { source: aSource({ versioning }), readStartedAt: at(read.startedSecond) };
    await take(store, [recordOf(externalId, read)], how);
  }
}

/** All that the source said and which read said it; not when and in what order the gateway learnt it. */
async function stateOf({ store }: ReopenableStore, externalId: string) {
  const known = await knownOf(store, aRecord({ externalId }));
  const { status, reason, sourceStatus, updatedAt, observedAt, readStartedAt } = known;
  return { status, reason, sourceStatus, updatedAt, observedAt, readStartedAt };
}

/** Numbered without holes; the effective rows are a chain that ends in the present status; no late row is there twice. */
async function expectSoundLog({ store }: ReopenableStore, externalId: string): Promise<void> {
  const record = aRecord({ externalId });
  const rows = (await statusRows(store)).filter((row) => row.verificationId === idOf(record));
  expect(rows.map((row) => row.sequence)).toEqual(rows.map((_, index) => index + 1));
  const effective = rows.filter((row) => row.effective);
  expect(effective.map((row) => row.from)).toEqual([null, ...effective.slice(0, -1).map((row) => row.to)]);
  expect(effective.at(-1)?.to).toBe((await knownOf(store, record)).status);
  const late = rows.filter((row) => !row.effective).map((row) => `${row.to} ${row.occurredAt}`);
  expect(new Set(late).size).toBe(late.length);
}
