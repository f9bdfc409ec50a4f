import { describe, expect, it } from 'vitest';

import type { FetchedRecord } from '#kyc/fetched-record';
import type { Instant } from '#kyc/instant';
import { type IngestRead, MAX_BATCH, type Store } from '#store/store';

import {
  ALPHA,
  APPROVED,
  aRecord,
  aSource,
  at,
  knownOf,
  logOf,
  REJECTED,
  statusRows,
  userOf,
  userRows,
} from './records.ts';
import type { OpenFresh } from './reopen.ts';
import { withStore } from './with-store.ts';

/** Not to be listed: every user is read alone. */
const POLLED = aSource({ versioning: 'read', listed: false });

/** Several reads in one transaction, each of its own time and of users of its own. */
export function readsTogetherBehaviours(open: OpenFresh): void {
  describe('reads that are taken in together', () => {
    const { fresh } = withStore(open);

    it('each mark their own records and users, by the start of each', async () => {
      const store = await fresh();
      const reads = [readOf('ada', 3), readOf('bob', 1, APPROVED), nothingOf('nobody', 2)];
      expect(await takeReads(store, reads)).toEqual({ created: 2, changed: 0, late: 0, unchanged: 0 });
      await expectReadAt(store, { ada: at(3), bob: at(1), nobody: at(2) });
      expect(await timesOf(store, 'ada')).toEqual([at(3), at(3)]);
      expect(await timesOf(store, 'bob')).toEqual([at(1), at(1)]);
      expect((await userOf(store, 'nobody')).answer).toMatchObject({ status: 'NOT_STARTED' });
    });

    it('confirm unchanged records each by its own time, and write no row of the log', async () => {
      const store = await fresh();
      await takeReads(store, [readOf('ada', 1), readOf('bob', 2)]);
      const log = await logOf(store);
      const again = await takeReads(store, [readOf('ada', 12), readOf('bob', 11)]);
      expect(again).toMatchObject({ created: 0, changed: 0, unchanged: 2 });
      expect(await timesOf(store, 'ada')).toEqual([at(12), at(12)]);
      expect(await timesOf(store, 'bob')).toEqual([at(11), at(11)]);
      await expectReadAt(store, { ada: at(12), bob: at(11) });
      expect(await logOf(store)).toEqual(log);
    });

    it('turn back no user who was read later, while the others move', async () => {
      const store = await fresh();
      await takeReads(store, [readOf('ada', 20, APPROVED)]);
      const counts = await takeReads(store, [readOf('ada', 10), readOf('bob', 11)]);
      expect(counts).toMatchObject({ created: 1, late: 1 });
      await expectReadAt(store, { ada: at(20), bob: at(11) });
      expect(await knownOf(store, recordOf('ada'))).toMatchObject({
        status: 'APPROVED',
        observedAt: at(20),
      });
    });

    it('say of first sights what each user was: known before, or new', async () => {
      const store = await fresh();
      await takeReads(store, [nothingOf('ada', 1)]);
      await takeReads(store, [readOf('ada', 2), readOf('bob', 3)]);
      const rows = await statusRows(store);
      expect(rows.map(({ from, learntBy }) => [from, learntBy])).toEqual([
        [null, 'POLL'],
        [null, 'BACKFILL'],
      ]);
      const users = await userRows(store);
      expect(users.map(({ cause }) => cause).toSorted()).toEqual(['BACKFILL', 'BACKFILL', 'VERIFICATION']);
    });

    it.each([
      { order: 'the later last', reads: [1, 2], statuses: ['PENDING', 'REJECTED'], lates: [true, true] },
      { order: 'the later first', reads: [2, 1], statuses: ['REJECTED', 'PENDING'], lates: [true, false] },
    ])('are as they would be one after the other, of one record too: $order', async (said) => {
      const said1 = { 1: {}, 2: REJECTED } as const;
      const reads = said.reads.map((second) => ({
        ...readOf('ada', second, said1[second as 1 | 2]),
        identitiesRead: [`asker ${second}`],
      }));
      const apart = await fresh();
      for (const read of reads) await takeReads(apart, [read]);
      const together = await fresh();
      await takeReads(together, reads);
      for (const store of [apart, together]) {
        const rows = await statusRows(store);
        expect(rows.map((row) => [row.to, row.effective])).toEqual(
          said.statuses.map((status, index) => [status, said.lates[index]]),
        );
        expect(await knownOf(store, recordOf('ada'))).toMatchObject({
          status: 'REJECTED',
          readStartedAt: at(2),
        });
        expect((await userOf(store, 'ada')).answer).toMatchObject({ status: 'REJECTED' });
      }
    });

    it('are all there or none of them', async () => {
      const store = await fresh();
      const failing = { ...readOf('bob', 2), records: [failsWhenSealed('bob')] };
      await expect(takeReads(store, [readOf('ada', 1), failing])).rejects.toThrow('cannot be sealed');
      expect(await logOf(store)).toEqual([]);
      expect((await store.pollState(ALPHA, { openBefore: at(50), finalBefore: at(50) })).known).toBe(0);
    });

    it('are 200 at most, with 200 records at most in all', async () => {
      const store = await fresh();
      const reads = Array.from({ length: MAX_BATCH + 1 }, (_, index) => nothingOf(`user ${index}`, 1));
      await expect(takeReads(store, reads)).rejects.toThrow(RangeError);
      const many = [readOf('ada', 1), { ...readOf('bob', 1), records: manyRecords(MAX_BATCH) }];
      await expect(takeReads(store, many)).rejects.toThrow(RangeError);
      await takeReads(store, reads.slice(1));
      expect((await store.pollState(ALPHA, { openBefore: at(50), finalBefore: at(50) })).known).toBe(
        MAX_BATCH,
      );
    });
  });
}

async function takeReads(store: Store, reads: readonly IngestRead[]) {
  return await store.ingest({ source: POLLED, learntBy: 'POLL', reads, scan: null });
}

/** One record of a user, read whole at that second. */
function readOf(
  externalUserId: string,
  second: number,
  said: Parameters<typeof aRecord>[0] = {},
): IngestRead {
  return {
    readStartedAt: at(second),
    records: [recordOf(externalUserId, said)],
    identitiesRead: [externalUserId],
  };
}

function nothingOf(externalUserId: string, second: number): IngestRead {
  return { readStartedAt: at(second), records: [], identitiesRead: [externalUserId] };
}

function recordOf(externalUserId: string, said: Parameters<typeof aRecord>[0] = {}): FetchedRecord {
  return aRecord({ externalId: `of ${externalUserId}`, externalUserId, updatedAt: null, ...said });
}

/** Passes for a record until it is written, in the midst of the transaction. */
function failsWhenSealed(externalUserId: string): FetchedRecord {
  let looks = 0;
  const toJSON = () => {
    looks += 1;
    if (looks > 1) throw new Error('This cannot be sealed.');
    return null;
  };
  const personal = { person: null, documents: [], declineReason: null, rejectionMessage: null };
  return recordOf(externalUserId, { personal: Object.assign(personal, { toJSON }) });
}

function manyRecords(count: number): readonly FetchedRecord[] {
  return Array.from({ length: count }, (_, index) => aRecord({ externalId: `record ${index}` }));
}

async function timesOf(store: Store, externalUserId: string): Promise<readonly Instant[]> {
  const known = await knownOf(store, recordOf(externalUserId));
  return [known.observedAt, known.readStartedAt];
}

async function expectReadAt(store: Store, expected: Readonly<Record<string, Instant>>): Promise<void> {
  for (const [externalId, lastReadAt] of Object.entries(expected)) {
    const { identities } = await userOf(store, externalId);
    expect(identities).toMatchObject([{ externalId, lastReadAt }]);
  }
}
