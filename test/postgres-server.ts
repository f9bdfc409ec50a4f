/**
 * Vitest's global setup: finds the PostgreSQL server to test on, and drops what the run leaves there. TEST_DATABASE_URL
 * names it; its user must be allowed to make databases. Without one a server on this machine is tried.
 */
import pg from 'pg';
import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  export interface ProvidedContext {
    postgresServer: string | null;
    /** How the databases of this run are called. */
    postgresPrefix: string;
  }
}

const DEFAULT_URL = 'postgres://postgres@127.0.0.1:5432/postgres';
const PREFIX = 'kyc_test_';
const LEFT_OUT =
  'PostgreSQL was left out: no server answers, so only the embedded store was tested (TEST_DATABASE_URL names a server).\n';
const CONNECT_TIMEOUT_MS = 2000;
/** What a killed run left is dropped by a later one. */
const LEFT_OVER_AFTER_S = 3 * 3600;

export default async function findServer(project: TestProject): Promise<() => Promise<void>> {
  const named = process.env['TEST_DATABASE_URL'];
  const server = named ?? DEFAULT_URL;
  const nowS = Math.floor(Date.now() / 1000);
  const prefix = `${PREFIX}${nowS}_${process.pid}_`;
  const isThere = await dropDatabases(server, (name) => isLeftOver(name, nowS));
  if (!isThere && named !== undefined) throw new Error('TEST_DATABASE_URL names no server that answers.');
  if (!isThere && isCi()) throw new Error('CI tests both stores: a PostgreSQL server must be reachable.');
  project.provide('postgresServer', isThere ? server : null);
  project.provide('postgresPrefix', prefix);
  return async () => {
    if (isThere) await dropDatabases(server, (name) => name.startsWith(prefix));
    else process.stdout.write(LEFT_OUT);
  };
}

function isCi(): boolean {
  const ci = process.env['CI'];
  return ci !== undefined && ci !== '' && ci !== 'false' && ci !== '0';
}

function isLeftOver(name: string, nowS: number): boolean {
  const madeAtS = Number(/^kyc_test_(\d+)_/.exec(name)?.[1] ?? Number.NaN);
  return madeAtS < nowS - LEFT_OVER_AFTER_S;
}

/** False when the server cannot be reached. */
async function dropDatabases(server: string, isMeant: (name: string) => boolean): Promise<boolean> {
  const client = new pg.Client({ connectionString: server, connectionTimeoutMillis: CONNECT_TIMEOUT_MS });
  client.on('error', () => {});
  try {
    await client.connect();
  } catch {
    return false;
  }
  const { rows } = await client.query<{ datname: string }>('select datname from pg_database');
  for (const { datname } of rows) {
    if (isMeant(datname)) await client.query(`drop database if exists "${datname}" with (force)`);
  }
  await client.end();
  return true;
}
