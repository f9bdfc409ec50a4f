import { randomBytes } from 'node:crypto';

import pg from 'pg';
import { inject } from 'vitest';

/** A server to test on (test/postgres-server.ts); null where none can be reached. */
export const postgresServer: string | null = inject('postgresServer');

/** An empty database of a test's own. */
export interface TestDatabase {
  readonly url: string;
  /** Runs one statement on it. */
  run(statement: string): Promise<readonly Record<string, unknown>[]>;
  /** Ends the connections of whoever is still there. */
  drop(): Promise<void>;
}

/** What is not dropped by its test is dropped at the end of the run. @throws without a server */
export async function createTestDatabase(encoding = "encoding 'UTF8'"): Promise<TestDatabase> {
  if (postgresServer === null) throw new Error('There is no PostgreSQL server to test on.');
  const server = postgresServer;
  const name = `${inject('postgresPrefix')}${randomBytes(6).toString('hex')}`;
  await runOn(server, `create database ${name} template template0 ${encoding}`);
  // Tests kill gateways, not the server.
  await runOn(server, `alter database ${name} set synchronous_commit = off`);
  const url = Object.assign(new URL(server), { pathname: `/${name}` }).href;
  return {
    url,
    run: (statement) => runOn(url, statement),
    drop: async () => {
      await runOn(server, `drop database if exists ${name} with (force)`);
    },
  };
}

async function runOn(url: string, statement: string): Promise<readonly Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(statement)).rows;
  } finally {
    await client.end();
  }
}
