import { describe, expect, test } from 'vitest';

import { createMemoryRates } from './memory-rates.ts';

describe('a budget in memory', () => {
  test('is empty after a minute’s worth, and fills evenly', async () => {
    let now = 5000;
    const rates = createMemoryRates(() => now);
    const take = (cost: number) => rates.take('anna', cost, 600);
    expect(await take(600)).toEqual({ isTaken: true });
    expect(await take(1)).toEqual({ isTaken: false, retryAfterS: 1 });
    expect(await take(300)).toEqual({ isTaken: false, retryAfterS: 30 });
    now += 30_000;
    expect(await take(301)).toEqual({ isTaken: false, retryAfterS: 1 });
    expect(await take(300)).toEqual({ isTaken: true });
    now += 600_000;
    expect(await take(600)).toEqual({ isTaken: true });
    expect(await take(600)).toEqual({ isTaken: false, retryAfterS: 60 });
  });

  test('gives the last unit too, whatever the clock says', async () => {
    for (let n = 0; n < 2000; n += 1) {
      const now = Math.random() * 1e9;
      const rates = createMemoryRates(() => now);
      for (const cost of [0.1 + 0.2, 3, 6.7])
        expect(await rates.take('anna', cost, 10)).toEqual({ isTaken: true });
      expect(await rates.take('anna', 0.1, 10)).toMatchObject({ isTaken: false });
    }
  });
});
