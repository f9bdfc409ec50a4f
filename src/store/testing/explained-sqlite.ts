import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { Kysely } from 'kysely';
import { afterAll, beforeAll } from 'vitest';

import type { Database } from '#store/database';
import { createReads } from '#store/reads/reads';
import { createSealers } from '#store/sealing';
import { openSqlite } from '#store/sqlite/sqlite';
import { sqliteKyselyDialect } from '#store/sqlite/sqlite-driver';
import { openSqliteFile, type SqliteFile } from '#store/sqlite/sqlite-file';
import type { Tables } from '#store/tables';

/** An empty embedded store that tells how SQLite goes about its reads. Call at the top of a file. */
export function explainedSqlite(): {
  database(): Database;
  reads(): ReturnType<typeof createReads>;
  /** The plan of each statement of a read, in their order. */
  plansOf(read: () => Promise<unknown>): Promise<readonly string[]>;
} {
  let opened: { database: Database; file: SqliteFile; folder: string } | null = null;
  let reads: ReturnType<typeof createReads> | null = null;
  let plans: string[] = [];

  beforeAll(async () => {
    const folder = await mkdtemp(join(tmpdir(), 'kyc-plans-'));
    const database = await openSqlite(folder);
    const file = openSqliteFile(join(folder, 'store.db'), 'READ');
    opened = { database, file, folder };
    const explained = new Kysely<Tables>({
      dialect: sqliteKyselyDialect((sql, parameters) => {
        if (/^\s*(select|with)/.test(sql)) {
          const steps = file.execute(`explain query plan ${sql}`, parameters).rows;
          plans.push(steps.map((step) => String(step['detail'])).join('\n'));
        }
        return file.execute(sql, parameters);
      }, 'begin'),
    });
    const sealers = createSealers(new Uint8Array(32));
    reads = createReads({ ...database, read: explained, longRead: explained }, sealers);
  });
  afterAll(async () => {
    opened?.file.close();
    await opened?.database.close();
    if (opened !== null) await rm(opened.folder, { recursive: true });
  });

  return {
    database: () => opened?.database ?? raise(),
    reads: () => reads ?? raise(),
    async plansOf(read) {
      plans = [];
      await read();
      return plans;
    },
  };
}

function raise(): never {
  throw new TypeError('It is open within tests only.');
}
