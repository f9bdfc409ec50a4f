import { expect } from 'vitest';

import type { TestDatabase } from '#store/testing/postgres-databases';

/** Positions and sequences without holes, each change told once and from where the one before it led. Returns how many rows. */
export async function expectWholeLog(database: TestDatabase): Promise<number> {
  const log = await database.run('select * from changes order by position');
  expect(log.map((row) => Number(row['position']))).toEqual(log.map((_, index) => index + 1));
  for (const rows of Map.groupBy(log, (row) => row['subject_id']).values()) {
    expect(rows.map((row) => Number(row['sequence']))).toEqual(rows.map((_, index) => index + 1));
    const effective = rows.filter((row) => Number(row['effective']) === 1);
    expect(effective.map((row) => row['from_status'])).toEqual([
      null,
      ...effective.slice(0, -1).map((row) => row['to_status']),
    ]);
    const told = effective.map((row) => JSON.stringify(WORDS.map((word) => row[word])));
    expect(told.filter((words, index) => words === told[index - 1])).toEqual([]);
  }
  const wrong = await database.run(
    'select 1 from verifications v where sequence <> (select count(*) from changes where subject_id = v.id)',
  );
  expect(wrong).toEqual([]);
  return log.length;
}

const WORDS = ['to_status', 'reason', 'source_status', 'outcome', 'next_action', 'because_id'];
