import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { Kysely } from 'kysely';
import { expect, it } from 'vitest';

import { sqliteDialect } from '#store/dialect';
import * as tables from '#store/migrations/0001-tables';
import * as pagingIndexes from '#store/migrations/0002-paging-indexes';
import * as statistics from '#store/migrations/0003-statistics';
import { sqliteKyselyDialect } from '#store/sqlite/sqlite-driver';
import { openSqliteFile } from '#store/sqlite/sqlite-file';

const TIME = '2026-01-01T00:00:00.000000000Z';

it('a store of before statistics learns how long each of its decisions took', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'kyc-migration-'));
  const file = openSqliteFile(join(folder, 'store.db'), 'WRITE');
  try {
    const database = new Kysely<unknown>({ dialect: sqliteKyselyDialect(file.execute, 'begin immediate') });
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
    const { rows } = file.execute(
      'select decision_seconds as seconds, count(*) as count from verifications group by 1 order by 1',
      [],
    );
    expect(rows.map((row) => ({ ...row }))).toEqual([
      { seconds: null, count: 600 },
      { seconds: 90.5, count: 600 },
    ]);
  } finally {
    file.close();
    await rm(folder, { recursive: true });
  }
});
