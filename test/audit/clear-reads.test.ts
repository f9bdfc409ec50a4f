import { expect, test } from 'vitest';

import { proveClearReads } from './clear-reads-proof.ts';

// Ten thousand queries: test/prove.
test('every clear read has its audit row, and every row its read', async () => {
  const proof = await proveClearReads({ queries: 150, people: 30, seed: 20_261_122 });
  expect(proof.unaudited).toEqual([]);
  expect(proof.unread).toEqual([]);
  expect(proof.withClearValues).toBeGreaterThan(20);
  expect(proof.fields.size).toBeGreaterThan(10);
}, 120_000);
