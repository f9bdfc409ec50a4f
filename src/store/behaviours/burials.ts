import { describe, expect, it } from 'vitest';

import type { FetchedRecord } from '#kyc/fetched-record';
import type { Store } from '#store/store';

import {
  ALPHA,
  APPROVED,
  anApplication,
  aRecord,
  aSource,
  at,
  idOf,
  knownOf,
  logOf,
  scanWhole,
  statusRows,
  take,
  userOf,
} from './records.ts';
import type { OpenFresh } from './reopen.ts';
import { withStore } from './with-store.ts';

/** What is deleted at the source, and how that is learnt. */
export function burialBehaviours(open: OpenFresh): void {
  describe('a record deleted at the source', () => {
    const { fresh } = withStore(open);

    it('leaves a tombstone: id, times and history stay, personal values go', async () => {
      const store = await fresh();
      const entity = { accountId: 'entity-1', ...APPROVED };
      const record = anApplication({ ...APPROVED, canRetry: true }, [entity]);
      await take(store, [record]);
      expect(await buryAt(store, [record], 101)).toBe(1);
      const known = await knownOf(store, record);
      expect(known).toMatchObject({
        deleted: true,
        status: 'CANCELLED',
        reason: 'DELETED_UPSTREAM',
        updatedAt: at(1),
        canRetry: null,
        details: { profileId: 'profile', entities: [] },
      });
      expect(known.openPersonal()).toEqual({ person: null, metadata: null, sourceHistory: [], entities: [] });
      expect((await statusRows(store)).map((row) => [row.sequence, row.from, row.to])).toEqual([
        [1, null, 'APPROVED'],
        [2, 'APPROVED', 'CANCELLED'],
      ]);
      for (const user of ['applicant', 'entity-1'])
        expect((await userOf(store, user)).answer.status).toBe('NOT_STARTED');
    });

    it('is buried once, and not by a read older than its copy', async () => {
      const store = await fresh();
      await take(store, [aRecord()]);
      expect(await buryAt(store, [aRecord()], 99)).toBe(0);
      expect(await buryAt(store, [aRecord()], 101)).toBe(1);
      const log = await logOf(store);
      expect(await buryAt(store, [aRecord(), aRecord({ externalId: 'unknown' })], 102)).toBe(0);
      expect(await logOf(store)).toEqual(log);
    });

    it('lives again when a later read sees it, not by one that was started before', async () => {
      const store = await fresh();
      await take(store, [aRecord({ ...APPROVED })]);
      await buryAt(store, [aRecord()], 110);
      await take(store, [aRecord({ ...APPROVED })], { readStartedAt: at(105) });
      expect((await knownOf(store, aRecord())).deleted).toBe(true);
      await take(store, [aRecord({ ...APPROVED })], { readStartedAt: at(111) });
      expect(await knownOf(store, aRecord())).toMatchObject({ deleted: false, status: 'APPROVED' });
      expect((await statusRows(store)).at(-1)).toMatchObject({ from: 'CANCELLED', to: 'APPROVED' });
      expect((await userOf(store, 'user-1')).answer.status).toBe('APPROVED');
    });
  });

  describe('a scan', () => {
    const { fresh, reopen } = withStore(open);

    it('goes on from its last checkpoint after the process died', async () => {
      const store = await fresh();
      const { generation } = await store.beginScan(ALPHA);
      const page = { generation, unidentified: 1, totalAtSource: 5, incomplete: null };
      await take(store, [aRecord()], { scan: { ...page, next: { offset: 200 } } });
      await take(store, [aRecord()], { scan: { ...page, next: { offset: 200 } } });
      const again = await reopen();
      expect(await again.beginScan(ALPHA)).toMatchObject({
        generation,
        running: true,
        checkpoint: { offset: 200 },
        unidentified: 1,
        totalAtSource: 5,
      });
    });

    it('starts its pages anew when it died after the last of them', async () => {
      const store = await fresh();
      const { generation } = await store.beginScan(ALPHA);
      const scan = { generation, unidentified: 1, totalAtSource: 1, next: null, incomplete: null };
      await take(store, [aRecord()], { scan });
      expect(await store.beginScan(ALPHA)).toMatchObject({ generation, checkpoint: null, unidentified: 0 });
    });

    it('saves no checkpoint of an earlier scan', async () => {
      const store = await fresh();
      await scanWhole(store, [aRecord()], { second: 100 });
      await store.beginScan(ALPHA);
      const scan = {
        generation: 1,
        unidentified: 7,
        totalAtSource: 9,
        next: { offset: 1 },
        incomplete: null,
      };
      await take(store, [aRecord()], { scan, readStartedAt: at(101) });
      expect(await store.scanState(ALPHA)).toMatchObject({
        generation: 2,
        checkpoint: null,
        unidentified: 0,
      });
    });

    it('that is not the running one ends nothing', async () => {
      const store = await fresh();
      await scanWhole(store, [aRecord()], { second: 100 });
      const { generation } = await store.beginScan(ALPHA);
      for (const other of [generation - 1, generation + 1]) {
        const outcome = await store.endScan(aSource(), other);
        expect(outcome).toMatchObject({
          complete: false,
          deleted: 0,
          failure: { code: 'SOURCE_INCOMPLETE' },
        });
      }
      expect(await store.scanState(ALPHA)).toMatchObject({ generation, running: true });
    });

    it.each([
      ['rows that could not be identified', { unidentified: 1 }],
      ['fewer rows than the source counts', { totalAtSource: 3 }],
      ['a page that was not whole', { incomplete: failure('The list moved.') }],
    ])('with %s is not complete', async (_name, said) => {
      const store = await fresh();
      const outcome = await scanWhole(store, [aRecord()], { second: 100, ...said });
      expect(outcome).toMatchObject({ complete: false, failure: { code: 'SOURCE_INCOMPLETE' } });
      const state = await store.scanState(ALPHA);
      expect(state).toMatchObject({ running: false, completedAt: null, failure: outcome.failure });
    });

    it('that saw all says since when, and clears what failed before', async () => {
      const store = await fresh();
      await store.noteFailure(ALPHA, failure('It did not answer.'));
      expect((await store.scanState(ALPHA)).failure).toEqual(failure('It did not answer.'));
      expect(await scanWhole(store, [aRecord()], { second: 100, totalAtSource: 1 })).toEqual({
        complete: true,
        deleted: 0,
        failure: null,
        heldBack: null,
      });
      const state = await store.scanState(ALPHA);
      expect(state.failure).toBeNull();
      expect(state.completedStartedAt).toBe(state.startedAt);
    });

    it('buries what two complete ones in a row did not see, whatever partial ones came between', async () => {
      const store = await fresh();
      const [kept, gone] = [aRecord(), aRecord({ externalId: 'record-2', externalUserId: 'user-2' })];
      await scanWhole(store, [kept, gone], { second: 100 });
      expect(await scanWhole(store, [kept], { second: 101 })).toMatchObject({ complete: true, deleted: 0 });
      await scanWhole(store, [kept], { second: 102, unidentified: 1 });
      expect((await knownOf(store, gone)).deleted).toBe(false);
      expect(await scanWhole(store, [kept], { second: 103 })).toMatchObject({ complete: true, deleted: 1 });
      expect(await knownOf(store, gone)).toMatchObject({ deleted: true, status: 'CANCELLED' });
      expect((await knownOf(store, kept)).deleted).toBe(false);
    });

    it('buries nothing that any other read saw meanwhile, though it were an old version', async () => {
      const store = await fresh();
      const [kept, other] = [aRecord(), aRecord({ externalId: 'record-2', updatedAt: at(5) })];
      await scanWhole(store, [kept, other], { second: 100 });
      await scanWhole(store, [kept], { second: 101 });
      await take(store, [aRecord({ externalId: 'record-2', updatedAt: at(4) })], { readStartedAt: at(102) });
      expect(await scanWhole(store, [kept], { second: 103 })).toMatchObject({ deleted: 0 });
    });

    it('buries up to twenty, however large a part they are', async () => {
      const store = await fresh();
      await expectMissing(store, { of: 21, missing: 20, deleted: 20 });
    });

    it('buries up to one in twenty, however many they are', async () => {
      const store = await fresh();
      await expectMissing(store, { of: 500, missing: 25, deleted: 25 });
    });

    it('buries none when more would go at once, and says so', async () => {
      const store = await fresh();
      await expectMissing(store, { of: 400, missing: 21, deleted: 0 });
      const { failure: heldBack } = await store.scanState(ALPHA);
      expect(heldBack?.code).toBe('SOURCE_INCOMPLETE');
      expect(heldBack?.message).toContain('21 of 400');
      expect((await statusRows(store)).some((row) => row.to === 'CANCELLED')).toBe(false);
    });
  });
}

async function expectMissing(
  store: Store,
  said: { of: number; missing: number; deleted: number },
): Promise<void> {
  const all = Array.from({ length: said.of }, (_, index) =>
    aRecord({ externalId: `r${index}`, externalUserId: `u${index}` }),
  );
  const rest = all.slice(said.missing);
  await scanWhole(store, all, { second: 100 });
  await scanWhole(store, rest, { second: 101 });
  const outcome = await scanWhole(store, rest, { second: 102 });
  expect(outcome).toMatchObject({ complete: true, deleted: said.deleted });
}

async function buryAt(store: Store, records: readonly FetchedRecord[], second: number): Promise<number> {
  return await store.bury({
    source: aSource(),
    verificationIds: records.map(idOf),
    learntBy: 'READ',
    readStartedAt: at(second),
  });
}

function failure(message: string) {
  return { code: 'SOURCE_INCOMPLETE', message, retryAfterMs: null } as const;
}
