import {
  CompiledQuery,
  type DatabaseConnection,
  type Driver,
  type Dialect as KyselyDialect,
  type QueryResult,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from 'kysely';

import { withUnawaitedInserts } from '#store/unawaited-inserts';

import type { SqliteResult } from './sqlite-file.ts';

/** Runs one statement, here or on a thread. */
export type Execute = (sql: string, parameters: readonly unknown[]) => SqliteResult | Promise<SqliteResult>;

/** SQLite rolls back the making of tables too: a migration that is cut short leaves nothing behind. */
class Adapter extends SqliteAdapter {
  override get supportsTransactionalDdl(): boolean {
    return true;
  }
}

/** Kysely over anything that runs SQLite statements. Kysely itself gives the one connection to one caller at a time. */
export function sqliteKyselyDialect(execute: Execute, begin: 'begin' | 'begin immediate'): KyselyDialect {
  return {
    createAdapter: () => new Adapter(),
    createDriver: () => withUnawaitedInserts(createDriver(execute, begin), { isQueue: true }),
    createIntrospector: (db) => new SqliteIntrospector(db),
    createQueryCompiler: () => new SqliteQueryCompiler(),
  };
}

function createDriver(execute: Execute, begin: string): Driver {
  const connection: DatabaseConnection = {
    async executeQuery<Row>(query: CompiledQuery): Promise<QueryResult<Row>> {
      const result = await execute(query.sql, query.parameters);
      return { rows: result.rows as Row[], numAffectedRows: BigInt(result.changes) };
    },
    streamQuery(): never {
      throw new Error('The store pages; it does not stream.');
    },
  };
  const say = async (text: string) => {
    await connection.executeQuery(CompiledQuery.raw(text));
  };
  return {
    init: () => Promise.resolve(),
    acquireConnection: () => Promise.resolve(connection),
    beginTransaction: () => say(begin),
    commitTransaction: () => say('commit'),
    rollbackTransaction: () => say('rollback'),
    releaseConnection: () => Promise.resolve(),
    destroy: () => Promise.resolve(),
  };
}
