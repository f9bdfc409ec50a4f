import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import type { Taken } from '#store/rates/rates';
import type { Store } from '#store/store';

import type { OpenFresh, ReopenableStore } from './reopen.ts';

const MINUTE_MS = 60_000;
/** A budget of so little that none of it comes back within a test, on any machine: one in six seconds. */
const PER_MINUTE = 10;

/** How many were taken at most, when the test took so long and the budget filled meanwhile. */
function mostTaken(startedAt: number): number {
  return PER_MINUTE + Math.ceil(((performance.now() - startedAt) / MINUTE_MS) * PER_MINUTE);
}
const count = (all: readonly Taken[]) => all.filter(({ isTaken }) => isTaken).length;

/** Budgets that fill again by the minute. */
export function rateBehaviours(open: OpenFresh): void {
  describe('a budget', () => {
    let test: ReopenableStore;
    let store: Store;
    beforeEach(async () => {
      test = await open();
      store = test.store;
    });
    afterEach(async () => await test.remove());

    it('gives what it holds, then says when there is more; what is refused takes nothing', async () => {
      const startedAt = performance.now();
      const all: Taken[] = [await store.rates.take('anna', 4, PER_MINUTE)];
      for (let n = 0; n < 3; n += 1) all.push(await store.rates.take('anna', 3, PER_MINUTE));
      expect(all.slice(0, 3)).toEqual([{ isTaken: true }, { isTaken: true }, { isTaken: true }]);
      for (let n = 0; n < 20; n += 1) {
        const taken = await store.rates.take('anna', PER_MINUTE, PER_MINUTE);
        if (performance.now() - startedAt < MINUTE_MS / 2) expect(taken).toMatchObject({ isTaken: false });
        // However often it was refused, a whole minute fills it.
        if (!taken.isTaken) expect(taken.retryAfterS).toBeGreaterThanOrEqual(1);
        if (!taken.isTaken) expect(taken.retryAfterS).toBeLessThanOrEqual(60);
      }
    });

    it('is one for each key', async () => {
      expect(await store.rates.take('anna', PER_MINUTE, PER_MINUTE)).toEqual({ isTaken: true });
      expect(await store.rates.take('ANNA', PER_MINUTE, PER_MINUTE)).toEqual({ isTaken: true });
    });

    it('never gives more than it can hold, however long one waits', async () => {
      expect(await store.rates.take('anna', PER_MINUTE + 1, PER_MINUTE)).toEqual({
        isTaken: false,
        retryAfterS: null,
      });
      expect(await store.rates.take('anna', PER_MINUTE, PER_MINUTE)).toEqual({ isTaken: true });
    });

    it('fills again', async () => {
      const perMinute = 60_000_000;
      expect(await store.rates.take('anna', perMinute, perMinute)).toEqual({ isTaken: true });
      let taken = await store.rates.take('anna', 1, perMinute);
      while (!taken.isTaken) taken = await store.rates.take('anna', 1, perMinute);
      expect(taken).toEqual({ isTaken: true });
    });

    it('is not overdrawn by takes at once, at this gateway and at another', async () => {
      const other = (await test.beside?.()) ?? store;
      const startedAt = performance.now();
      const takes = Array.from({ length: 40 }, (_, n) =>
        (n % 2 === 0 ? store : other).rates.take('anna', 1, PER_MINUTE),
      );
      const given = count(await Promise.all(takes));
      expect(given).toBeGreaterThanOrEqual(PER_MINUTE);
      expect(given).toBeLessThanOrEqual(mostTaken(startedAt));
    });

    it('is forgotten when it is full again, and others are not', async () => {
      await store.rates.take('anna', PER_MINUTE, PER_MINUTE);
      const startedAt = performance.now();
      for (let part = 0; part < 22; part += 1)
        await Promise.all(Array.from({ length: 50 }, (_, n) => store.rates.take(`${part} ${n}`, 1, 1e9)));
      const taken = await store.rates.take('anna', PER_MINUTE, PER_MINUTE);
      if (performance.now() - startedAt < MINUTE_MS / 2) expect(taken).toMatchObject({ isTaken: false });
    });
  });
}
