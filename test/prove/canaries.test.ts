import { describe, expect, test } from 'vitest';

import { postgresServer } from '#store/testing/postgres-databases';

import { driveWithCanaries } from '../canaries/drive.ts';
import { moods } from '../canaries/source-front.ts';

describe.each([
  ['SQLITE', true],
  ['POSTGRES', postgresServer !== null],
] as const)('on %s', (store, isThere) => {
  test.skipIf(!isThere)(
    'whatever is asked, refused, broken or killed, no personal value and no secret is where none may be',
    async () => {
      const {
        hits,
        given,
        moods: met,
        ...counts
      } = await driveWithCanaries({
        store,
        people: 40,
        askedAbout: 8,
        moods,
        isWhole: true,
      });
      expect(hits).toEqual([]);
      expect([...moods].filter((mood) => !met.has(mood))).toEqual([]);
      expect(counts.logLines).toBeGreaterThan(20);
      expect(counts.refused).toBeGreaterThan(500);
      process.stdout.write(`${JSON.stringify({ store, ...counts, kindsInClear: given.size })}\n`);
    },
    3_600_000,
  );
});
