import { expect, test } from 'vitest';

import { proveClearReads } from '../audit/clear-reads-proof.ts';

test('over ten thousand random queries every clear read has its audit row, and every row its read', async () => {
  const { fields, unaudited, unread, ...counts } = await proveClearReads({
    queries: 10_000,
    people: 60,
    seed: 20_261_123,
  });
  expect({ unaudited, unread }).toEqual({ unaudited: [], unread: [] });
  expect(counts.withClearValues).toBeGreaterThan(1000);
  expect(fields.size).toBeGreaterThan(25);
  process.stdout.write(`${JSON.stringify({ ...counts, fields: fields.size })}\n`);
}, 3_600_000);
