import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { Kysely } from 'kysely';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { sqliteDialect } from '#store/dialect';
import * as tables from '#store/migrations/0001-tables';
import * as pagingIndexes from '#store/migrations/0002-paging-indexes';
import * as statistics from '#store/migrations/0003-statistics';
import * as counts from '#store/migrations/0010-counts';
import { sqliteKyselyDialect } from '#store/sqlite/sqlite-driver';
import { openSqliteFile, type SqliteFile } from '#store/sqlite/sqlite-file';

const TIME = '2026-01-01T00:00:00.000000000Z';

describe('a store of before statistics', () => {
  let folder: string;
  let file: SqliteFile;
  let database: Kysely<unknown>;
  const rowsOf = (text: string) => file.execute(text, []).rows.map((row) => ({ ...row }));

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'kyc-migration-'));
    file = openSqliteFile(join(folder, 'store.db'), 'WRITE');
    database = new Kysely<unknown>({ dialect: sqliteKyselyDialect(file.execute, 'begin immediate') });
    await tables.up(database, sqliteDialect);
    await pagingIndexes.up(database);
    file.execute('begin', []);
    for (let row = 0; row < 1200; row += 1) {
      file.execute(
        `insert into verifications (id, source, kind, external_id, status, created_at, decided_at, status_since,
            last_changed_at, observed_at, read_started_at, details, faults, fault_count, content_hash, sequence,
            deleted, seen_generation)
          values (?, 'ALPHA', 'KYC_RECORD', ?, 'APPROVED', ?, '2026-01-01T00:01:30.500000000Z', '${TIME}', '${TIME}',
            '${TIME}', '${TIME}', '{}', '[]', 0, x'', 1, 0, 0)`,
        [`id-${row}`, `${row}`, row % 2 === 0 ? TIME : null],
      );
    }
    file.execute('commit', []);
    await statistics.up(database);
  });
  afterEach(async () => {
    file.close();
    await rm(folder, { recursive: true });
  });

  it('learns how long each of its decisions took', () => {
    expect(
      rowsOf(
        'select decision_seconds as seconds, count(*) as count from verifications group by 1 order by 1',
      ),
    ).toEqual([
      { seconds: null, count: 600 },
      { seconds: 90.5, count: 600 },
    ]);
  });

  it('has its records counted, and from then on each that moves', async () => {
    await counts.up(database, sqliteDialect);
    const COUNTS = `select day, status, until_1 as first, until_8 as eighth, until_96 as all_day
      from verification_counts where until_96 > 0 order by day, status`;
    const counted = { status: 'APPROVED', first: 600, eighth: 600, all_day: 600 };
    expect(rowsOf(COUNTS)).toEqual([
      { day: '', ...counted },
      { day: '2026-01-01', ...counted },
    ]);
    file.execute(`update verifications set status = 'EXPIRED' where id in ('id-0', 'id-1')`, []);
    file.execute(
      `update verifications set created_at = '2026-01-01T01:45:00.000000000Z' where id = 'id-2'`,
      [],
    );
    file.execute(`delete from verifications where id = 'id-3'`, []);
    expect(rowsOf(COUNTS)).toEqual([
      { day: '', status: 'APPROVED', first: 598, eighth: 598, all_day: 598 },
      { day: '', status: 'EXPIRED', first: 1, eighth: 1, all_day: 1 },
      { day: '2026-01-01', status: 'APPROVED', first: 598, eighth: 599, all_day: 599 },
      { day: '2026-01-01', status: 'EXPIRED', first: 1, eighth: 1, all_day: 1 },
    ]);
  });
});
