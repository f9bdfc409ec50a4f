/** Stores of a bench's own, seeded and taken away again. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

import pg from 'pg';

import { openPostgresStore, openStore } from '#store/open-store';
import type { Store } from '#store/store';

import { postgresSeed, seedStatements, sqliteSeed } from './seed-rows.ts';

export interface BenchStore {
  readonly store: Store;
  remove(): Promise<void>;
}

const OPTIONS = { policy: 'strict', secretKey: new Uint8Array(32).fill(1), sandbox: false } as const;
const SERVER = process.env['BENCH_DATABASE_URL'] ?? 'postgres://postgres@127.0.0.1:5432/postgres';

/** An embedded store in a temporary folder, with so many records; `without` some indexes, to see what they cost. */
export async function openEmbedded(count: number, without: readonly string[] = []): Promise<BenchStore> {
  const folder = await mkdtemp(join(tmpdir(), 'kyc-bench-'));
  if (count > 0) {
    await (await openStore(folder, OPTIONS)).close();
    const file = new DatabaseSync(join(folder, 'store.db'));
    file.exec('pragma cache_size = -200000; pragma synchronous = off;');
    const indexes = file
      .prepare(`select name, sql from sqlite_master where type = 'index' and sql is not null`)
      .all() as { name: string; sql: string }[];
    for (const { name } of indexes) file.exec(`drop index "${name}"`);
    for (const statement of seedStatements(sqliteSeed, count)) file.exec(statement);
    for (const { sql } of indexes) file.exec(sql);
    file.close();
  }
  const store = await openStore(folder, OPTIONS);
  const file = new DatabaseSync(join(folder, 'store.db'));
  for (const name of without) file.exec(`drop index "${name}"`);
  file.close();
  return {
    store,
    async remove() {
      await store.close();
      await rm(folder, { recursive: true });
    },
  };
}

/** An empty database on the server of BENCH_DATABASE_URL, whose user must be allowed to make them. */
export async function makeDatabase(purpose: string): Promise<{ url: string; drop(): Promise<void> }> {
  const name = `kyc_bench_${process.pid}_${purpose}`;
  await run(SERVER, [
    `drop database if exists ${name}`,
    `create database ${name} template template0 encoding 'UTF8'`,
  ]);
  return {
    url: Object.assign(new URL(SERVER), { pathname: `/${name}` }).href,
    drop: async () => void (await run(SERVER, [`drop database ${name} with (force)`])),
  };
}

/** A store on such a database, with so many records. */
export async function openPostgres(count: number): Promise<BenchStore> {
  const { url, drop } = await makeDatabase(String(count));
  if (count > 0) {
    await (await openPostgresStore(url, OPTIONS)).close();
    const indexes = await run(url, [
      `select indexname, indexdef from pg_indexes join pg_class on relname = indexname join pg_index on indexrelid = pg_class.oid
        where schemaname = 'public' and not indisprimary and tablename not like 'kysely%'`,
    ]);
    await run(url, [
      ...indexes.map(({ indexname }) => `drop index ${String(indexname)}`),
      ...seedStatements(postgresSeed, count),
      ...indexes.map(({ indexdef }) => String(indexdef)),
      'vacuum analyze',
    ]);
  }
  const store = await openPostgresStore(url, OPTIONS);
  return {
    store,
    async remove() {
      await store.close();
      await drop();
    },
  };
}

/** Runs statements one after the other; the rows of the last. */
async function run(url: string, statements: readonly string[]): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    let rows: Record<string, unknown>[] = [];
    for (const statement of statements) ({ rows } = await client.query<Record<string, unknown>>(statement));
    return rows;
  } finally {
    await client.end();
  }
}
