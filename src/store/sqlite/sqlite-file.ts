import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite';

import { StoreUnavailableError } from '#store/database';

/** One statement's result, as it also crosses threads. */
export interface SqliteResult {
  readonly rows: Record<string, unknown>[];
  readonly changes: number;
}

/** An open SQLite file: runs one statement after the other, on the thread that calls. */
export interface SqliteFile {
  /** @throws StoreUnavailableError where the disk is full, read-only or broken, or the file damaged */
  execute(sql: string, parameters: readonly unknown[]): SqliteResult;
  close(): void;
}

const MAX_STATEMENTS = 300;
const BUSY_TIMEOUT_MS = 5000;

/** Opens the file with the house's pragmas; the writer makes it, a reader needs it to be there. */
export function openSqliteFile(path: string, mode: 'WRITE' | 'READ'): SqliteFile {
  const file = new DatabaseSync(path, { readOnly: mode === 'READ', timeout: BUSY_TIMEOUT_MS });
  if (mode === 'WRITE') {
    file.exec('pragma journal_mode = wal');
    file.exec('pragma synchronous = full');
    file.exec('pragma wal_autocheckpoint = 16000');
    // What is deleted or written over is gone from its page, not only out of use.
    file.exec('pragma secure_delete = on');
  }
  file.exec('pragma cache_size = -16000');
  const statements = new Map<string, StatementSync>();

  return {
    execute(sql, parameters) {
      // SQLite may have rolled back by itself (disk full); saying it twice must not hide the first error.
      if (sql === 'rollback' && !file.isTransaction) return { rows: [], changes: 0 };
      try {
        const statement = prepared(file, statements, sql);
        const values = parameters as SQLInputValue[];
        if (statement.columns().length > 0) return { rows: statement.all(...values), changes: 0 };
        return { rows: [], changes: Number(statement.run(...values).changes) };
      } catch (error) {
        throw isOfTheFile(error) ? new StoreUnavailableError(error.message) : error;
      }
    },
    close() {
      statements.clear();
      file.close();
    },
  };
}

/** The oldest statement goes when the cache is full. */
function prepared(file: DatabaseSync, statements: Map<string, StatementSync>, sql: string): StatementSync {
  const known = statements.get(sql);
  if (known !== undefined) return known;
  const statement = file.prepare(sql);
  const oldest = statements.keys().next();
  if (statements.size >= MAX_STATEMENTS && oldest.done !== true) statements.delete(oldest.value);
  statements.set(sql, statement);
  return statement;
}

/** SQLITE_PERM, READONLY, IOERR, CORRUPT, FULL, CANTOPEN and NOTADB: what is wrong is the disk or the file. */
const OF_THE_FILE: ReadonlySet<number> = new Set([3, 8, 10, 11, 13, 14, 26]);

function isOfTheFile(error: unknown): error is Error {
  if (!(error instanceof Error) || !('errcode' in error) || typeof error.errcode !== 'number') return false;
  // The upper bytes of an extended code say more.
  return OF_THE_FILE.has(error.errcode & 0xff);
}
