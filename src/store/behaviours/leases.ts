import { beforeEach, describe, expect, it, vi } from 'vitest';

import { dayOf } from '#kyc/instant';
import { type Fence, LeaseLostError } from '#store/leases/leases';
import type { Store } from '#store/store';

import { ALPHA, APPROVED, aRecord, aSource, logOf, scanWhole, statusRows, take } from './records.ts';
import type { OpenFresh } from './reopen.ts';
import { withStore } from './with-store.ts';

const NAME = 'SOURCE:ALPHA';
const LONG_MS = 3_600_000;
/** Over at once. */
const SHORT_MS = 0;

/** Who works on what: one at a time, and whoever was overtaken writes nothing. */
export function leaseBehaviours(open: OpenFresh): void {
  const test = withStore(open);
  let store: Store;
  beforeEach(async () => {
    store = await test.fresh();
  });
  const taken = async (holder: string, forMs = LONG_MS): Promise<Fence> => {
    const fence = await store.leases.take(NAME, holder, forMs);
    if (fence === null) throw new Error('Another has it.');
    return fence;
  };
  const gateway = (id: string) => ({ id, worksOn: [NAME] });
  const held = (fence: Fence) => ({ ...fence, startedAgoMs: null, nextInMs: null });

  describe('a lease', () => {
    it('is one gateway’s, until it is over or given back', async () => {
      const first = await taken('one');
      expect(await store.leases.take(NAME, 'two', LONG_MS)).toBeNull();
      await store.leases.release(first);
      const second = await taken('two', SHORT_MS);
      expect(second.token).toBe(first.token + 1);
      expect((await taken('one')).token).toBe(second.token + 1);
    });

    it('is taken anew by whoever has it, and then the token of before is worth nothing', async () => {
      const [before, after] = [await taken('one'), await taken('one')];
      expect(after.token).toBe(before.token + 1);
      expect(await store.leases.renew(gateway('one'), [held(before)], LONG_MS)).toEqual(new Set());
      expect(await store.leases.renew(gateway('one'), [held(after)], LONG_MS)).toEqual(new Set([NAME]));
      await store.leases.release(before);
      expect(await store.leases.take(NAME, 'two', LONG_MS)).toBeNull();
    });

    it('goes to one of those who ask at once', async () => {
      const holders = Array.from({ length: 8 }, (_, index) => `gateway-${index}`);
      const all = await Promise.all(holders.map((holder) => store.leases.take(NAME, holder, LONG_MS)));
      expect(all.filter((fence) => fence !== null)).toEqual([{ name: NAME, token: 1 }]);
    });

    it('is prolonged though its time is over, as long as nobody else has taken it', async () => {
      const fence = await taken('one', SHORT_MS);
      expect(await store.leases.renew(gateway('one'), [held(fence)], LONG_MS)).toEqual(new Set([NAME]));
      expect(await store.leases.take(NAME, 'two', LONG_MS)).toBeNull();
    });

    it('that lasts longer than any was taken for is free: the clock was set back', async () => {
      await taken('one', 10 * LONG_MS);
      expect(await store.leases.take(NAME, 'two', LONG_MS)).toMatchObject({ token: 2 });
    });

    it('goes by the database’s clock, whatever that of a gateway says', async () => {
      await taken('one');
      const before = await store.leases.read();
      const clock = vi.spyOn(Date, 'now');
      try {
        for (const astrayMs of [-10 * LONG_MS, 10 * LONG_MS]) {
          clock.mockReturnValue(before.atMs + astrayMs);
          expect(await store.leases.take(NAME, 'two', LONG_MS)).toBeNull();
          expect((await store.leases.read()).atMs - before.atMs).toBeLessThan(LONG_MS);
        }
      } finally {
        clock.mockRestore();
      }
    });

    it('tells how its work stands, and that it is wanted sooner', async () => {
      const fence = await taken('one');
      await store.leases.renew(
        gateway('one'),
        [{ ...fence, startedAgoMs: 5000.4, nextInMs: 60_000.6 }],
        LONG_MS,
      );
      const before = await store.leases.read();
      const lease = before.leases[0];
      expect(before.leases).toHaveLength(1);
      expect(lease).toMatchObject({ name: NAME, holder: 'one', wantedAtMs: null });
      expect((lease?.nextAtMs ?? 0) - (lease?.startedAtMs ?? 0)).toBe(65_001);
      expect(before.atMs).toBeGreaterThanOrEqual(lease?.startedAtMs ?? Number.POSITIVE_INFINITY);
      await store.leases.want([NAME, 'nothing']);
      await store.leases.renew(gateway('one'), [held(fence)], LONG_MS);
      const { leases } = await store.leases.read();
      expect(leases[0]?.wantedAtMs).toBeGreaterThanOrEqual(before.atMs);
      expect(leases[0]).toMatchObject({ startedAtMs: lease?.startedAtMs, nextAtMs: null });
    });

    it('names the gateways that are there, until they leave or are not heard of', async () => {
      await store.leases.renew({ id: 'one', worksOn: [NAME, 'MORE'] }, [], LONG_MS);
      await store.leases.renew(gateway('two'), [], LONG_MS);
      await store.leases.renew(gateway('three'), [], SHORT_MS);
      const { gateways } = await store.leases.read();
      expect(gateways.toSorted((a, b) => (a.id < b.id ? -1 : 1))).toEqual([
        { id: 'one', worksOn: [NAME, 'MORE'] },
        gateway('two'),
      ]);
      await store.leases.leave('one');
      expect((await store.leases.read()).gateways).toEqual([gateway('two')]);
    });
  });

  describe('whoever was overtaken', () => {
    let past: Store;
    beforeEach(async () => {
      await scanWhole(store, [aRecord()], { second: 1 });
      past = store.under(await taken('one', SHORT_MS));
    });

    it('writes nothing more', async () => {
      const { generation } = await past.beginScan(ALPHA);
      const scan = { generation, next: null, unidentified: 0, totalAtSource: null, incomplete: null };
      await taken('two');
      const before = [await logOf(store), await store.scanState(ALPHA)];
      const changed = [aRecord({ ...APPROVED, updatedAt: null })];
      const failure = { code: 'SOURCE_TIMEOUT', message: 'No answer.', retryAfterMs: null } as const;
      for (const write of [
        () => take(past, changed),
        () => take(past, changed, { scan, identitiesRead: ['user-1'] }),
        () => past.beginScan(ALPHA),
        () => past.endScan(aSource(), generation),
        () => past.noteFailure(ALPHA, failure),
        () => store.now().then((at) => past.lapse(dayOf(at), 200)),
        () => past.applyPolicy(200),
      ])
        await expect(write()).rejects.toBeInstanceOf(LeaseLostError);
      expect([await logOf(store), await store.scanState(ALPHA)]).toEqual(before);
    });

    it('goes on writing as long as nobody overtook it, the first of a source too', async () => {
      const beta = aSource({ id: 'BETA' as typeof ALPHA });
      await take(past, [], { source: beta, identitiesRead: ['user-9'] });
      await take(past, [aRecord({ externalId: 'record-2' })]);
      await scanWhole(past, [aRecord()], { second: 3 });
      expect(await statusRows(store)).toHaveLength(2);
    });

    it('and writes under another lease, or under none, all the same', async () => {
      const other = await store.leases.take('SOURCE:BETA', 'one', LONG_MS);
      await taken('two');
      if (other === null) throw new Error('Another has it.');
      await take(store.under(other), [aRecord({ externalId: 'record-2' })]);
      await take(store, [aRecord({ externalId: 'record-3' })]);
      expect(await statusRows(store)).toHaveLength(3);
    });
  });
}
