import { describe, expect, it } from 'vitest';

import { incomplete } from '#kyc/source-report';
import type { Store } from '#store/store';

import {
  ALPHA,
  APPROVED,
  aRecord,
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

const ALL = Array.from({ length: 300 }, (_, index) =>
  aRecord({ ...APPROVED, externalId: `r${index}`, externalUserId: `u${index}` }),
);
const GONE = ALL.slice(0, 21);
const LEFT = ALL.slice(21);

/** Deletions that are too many to be believed unasked, and what an operator's word does. */
export function heldBackBehaviours(open: OpenFresh): void {
  describe('deletions that are held back', () => {
    const { fresh, reopen } = withStore(open);

    it('are told with the scan that holds them, through failures and restarts, until they are confirmed', async () => {
      await withHeldBack(await fresh());
      const store = await reopen();
      await store.noteFailure(ALPHA, incomplete('It did not answer.'));
      expect(await store.scanState(ALPHA)).toMatchObject({
        failure: incomplete('It did not answer.'),
        heldBack: { scan: 3, records: 21, of: 300 },
      });
      await store.noteFailure(ALPHA, null);
      expect((await store.scanState(ALPHA)).failure?.message).toContain('21 of 300');
      await scanWhole(store, LEFT, { second: 103, unidentified: 1 });
      expect((await store.scanState(ALPHA)).heldBack).toEqual({ scan: 3, records: 21, of: 300 });
      await store.confirmDeletions(ALPHA, 3);
      expect((await store.scanState(ALPHA)).heldBack).toBeNull();
    });

    it('happen when they are confirmed, as every other deletion, and once', async () => {
      const store = await fresh();
      await withHeldBack(store);
      const before = await statusRows(store);
      expect(await store.confirmDeletions(ALPHA, null)).toEqual({ deleted: 21, otherwise: null });
      const rows = (await statusRows(store)).slice(before.length);
      expect(rows.map((row) => row.verificationId).toSorted()).toEqual(GONE.map(idOf).toSorted());
      for (const row of rows)
        expect(row).toMatchObject({
          from: 'APPROVED',
          to: 'CANCELLED',
          reason: 'DELETED_UPSTREAM',
          sequence: 2,
        });
      expect(new Set(rows.map(({ learntBy }) => learntBy))).toEqual(new Set(['POLL']));
      expect((await userOf(store, 'u0')).answer.status).toBe('NOT_STARTED');
      expect((await userOf(store, 'u21')).answer.status).toBe('APPROVED');
      expect(await store.scanState(ALPHA)).toMatchObject({ heldBack: null, failure: null });
      const log = await logOf(store);
      expect(await store.confirmDeletions(ALPHA, null)).toEqual({ deleted: 0, otherwise: null });
      expect(await store.confirmDeletions(ALPHA, 3)).toEqual({ deleted: 0, otherwise: null });
      expect(await logOf(store)).toEqual(log);
    });

    it('leave alone what was seen since, by a scan or by any other read', async () => {
      const store = await fresh();
      await withHeldBack(store);
      await take(store, GONE.slice(0, 1), { readStartedAt: at(103) });
      await store.beginScan(ALPHA);
      const scan = {
        generation: 4,
        next: { page: 1 },
        unidentified: 0,
        totalAtSource: null,
        incomplete: null,
      };
      await take(store, GONE.slice(1, 2), { readStartedAt: at(104), scan });
      expect(await store.confirmDeletions(ALPHA, 3)).toEqual({ deleted: 19, otherwise: null });
      expect(await buried(store)).toEqual(GONE.slice(2).map(idOf).toSorted());
    });

    it('are dropped by a complete scan that sees the records again', async () => {
      const store = await fresh();
      await withHeldBack(store);
      expect(await scanWhole(store, ALL, { second: 103 })).toMatchObject({ failure: null, heldBack: null });
      expect(await store.confirmDeletions(ALPHA, null)).toEqual({ deleted: 0, otherwise: null });
      expect(await buried(store)).toEqual([]);
    });

    it('are not those that later scans miss: these wait for a word of their own', async () => {
      const store = await fresh();
      await withHeldBack(store);
      const fewer = LEFT.slice(30);
      // Missed once, they are missed by no two scans yet: the first ones are still held by the scan that was told.
      expect((await scanWhole(store, fewer, { second: 103 })).heldBack).toMatchObject({
        scan: 3,
        records: 21,
      });
      expect((await scanWhole(store, fewer, { second: 104 })).heldBack).toMatchObject({
        scan: 5,
        records: 51,
      });
      const refused = await store.confirmDeletions(ALPHA, 3);
      expect(refused).toEqual({ deleted: 0, otherwise: { scan: 5, records: 51, of: 300 } });
      expect(await buried(store)).toEqual([]);
      expect((await store.confirmDeletions(ALPHA, 5)).deleted).toBe(51);
    });

    it('are all that a confirmation deletes, whatever was missed once since', async () => {
      const store = await fresh();
      await withHeldBack(store);
      await scanWhole(store, LEFT.slice(30), { second: 103 });
      expect((await store.confirmDeletions(ALPHA, 3)).deleted).toBe(21);
      expect(await buried(store)).toEqual(GONE.map(idOf).toSorted());
    });

    it('happen once when two gateways are told at once, while records come back', async () => {
      const opened = await open();
      try {
        const [one, other] = [opened.store, (await opened.beside?.()) ?? opened.store];
        await withHeldBack(one, 250);
        // By the store's clock, as the scans were begun.
        const readStartedAt = await one.now();
        const results = await Promise.all([
          one.confirmDeletions(ALPHA, 3),
          take(other, ALL.slice(0, 30), { readStartedAt, learntBy: 'READ' }),
          other.confirmDeletions(ALPHA, 3),
        ]);
        const deleted = results.reduce((sum, said) => sum + ('deleted' in said ? said.deleted : 0), 0);
        const gone = await buried(one);
        expect(gone).toHaveLength(deleted);
        expect(new Set(gone).size).toBe(deleted);
        expect(gone).toEqual(expect.arrayContaining(ALL.slice(30, 250).map(idOf)));
        for (const record of ALL.slice(0, 30)) expect((await knownOf(one, record)).deleted).toBe(false);
        expect((await one.scanState(ALPHA)).heldBack).toBeNull();
      } finally {
        await opened.remove();
      }
    });

    it('of a source without any are none', async () => {
      const store = await fresh();
      expect(await store.confirmDeletions(ALPHA, null)).toEqual({ deleted: 0, otherwise: null });
      expect((await store.scanState(ALPHA)).generation).toBe(0);
    });
  });
}

/** Three complete scans, the last two of which do not see the first of the 300 records. */
async function withHeldBack(store: Store, records = GONE.length): Promise<void> {
  await scanWhole(store, ALL, { second: 100 });
  await scanWhole(store, ALL.slice(records), { second: 101 });
  const { heldBack } = await scanWhole(store, ALL.slice(records), { second: 102 });
  expect(heldBack).toEqual({ scan: 3, records, of: 300 });
}

async function buried(store: Store): Promise<readonly string[]> {
  const rows = (await statusRows(store)).filter((row) => row.to === 'CANCELLED');
  return rows.map((row) => row.verificationId).toSorted();
}
