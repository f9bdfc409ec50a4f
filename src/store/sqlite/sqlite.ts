import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';

import { Kysely, sql } from 'kysely';

import { createClock } from '#store/clock';
import type { Database } from '#store/database';
import { sqliteDialect } from '#store/dialect';
import { folderLogPlace } from '#store/epoch/folder-log-place';
import { migrate } from '#store/migrate';
import type { Tables } from '#store/tables';
import { WriteFault } from '#store/write-fault';

import { lockFolder } from './folder-lock.ts';
import { type Execute, sqliteKyselyDialect } from './sqlite-driver.ts';
import { openSqliteFile } from './sqlite-file.ts';
import { type SqliteThread, startSqliteThread } from './sqlite-thread.ts';

/**
 * The log beside the file holds what pages were before, until all readers have gone past it: asked again when one has not.
 */
async function emptyLog(write: Kysely<Tables>): Promise<void> {
  for (let tries = 0; tries < 3; tries += 1) {
    const { rows } = await sql<{ busy: number }>`pragma wal_checkpoint(truncate)`.execute(write);
    if (rows[0]?.busy === 0) return;
  }
}

/**
 * Opens the embedded database of a folder and brings its tables up to date: one thread writes, one reads what takes
 * long, this thread makes short reads.
 * @throws StoreRefusedError when another gateway owns the folder
 */
export async function openSqlite(folder: string): Promise<Database> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const lock = lockFolder(folder);
  const clock = createClock();
  const closers: (() => void | Promise<void>)[] = [() => lock.release()];
  const close = async () => {
    for (const part of closers.splice(0).reverse()) await part();
  };
  try {
    const path = join(folder, 'store.db');
    const writer = await startSqliteThread(path, 'WRITE');
    closers.push(() => writer.close());
    const fault = new WriteFault();
    const write = connectToWrite(writer, fault);
    await migrate(write, sqliteDialect);
    const slow = await startSqliteThread(path, 'READ');
    closers.push(() => slow.close());
    const file = openSqliteFile(path, 'READ');
    closers.push(() => file.close());
    const executeHere = (sql: string, parameters: readonly unknown[]) => {
      const { rows, changes } = file.execute(sql, parameters);
      // Rows of node:sqlite have no prototype, rows that cross threads have: make them alike.
      return { rows: rows.map((row) => ({ ...row })), changes };
    };
    return {
      ...writingBy(write),
      read: new Kysely<Tables>({ dialect: sqliteKyselyDialect(executeHere, 'begin') }),
      longRead: new Kysely<Tables>({ dialect: sqliteKyselyDialect(slow.execute, 'begin') }),
      dialect: sqliteDialect,
      logPlace: folderLogPlace(folder),
      now: () => Promise.resolve(clock()),
      forget: () => emptyLog(write),
      isAlive: () => closers.length > 0 && writer.isAlive() && slow.isAlive(),
      isWritable: () => fault.isOver(write),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** One writer for all. */
function writingBy(write: Kysely<Tables>) {
  return { write, auditWrite: write, leaseWrite: write };
}

function connectToWrite(writer: SqliteThread, fault: WriteFault): Kysely<Tables> {
  const execute: Execute = async (sql, parameters) => {
    try {
      return await writer.execute(sql, parameters);
    } catch (error) {
      fault.note(error);
      throw error;
    }
  };
  return new Kysely<Tables>({ dialect: sqliteKyselyDialect(execute, 'begin immediate') });
}
