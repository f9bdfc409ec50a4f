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
});
