import { once } from 'node:events';
import { Worker } from 'node:worker_threads';

import { StoreRefusedError, StoreUnavailableError } from '#store/database';

import type { SqliteResult } from './sqlite-file.ts';

/** A database file behind a thread of its own. */
export interface SqliteThread {
  execute(sql: string, parameters: readonly unknown[]): Promise<SqliteResult>;
  isAlive(): boolean;
  /** Lets a writing thread finish what it was given; a reading one ends at once, whatever it is at. */
  close(): Promise<void>;
}

type Reply = 'OPEN' | { id: number; result: SqliteResult } | { id: number; error: string; isDown: boolean };
type Waiting = { resolve: (result: SqliteResult) => void; reject: (error: Error) => void };

// The same line finds the worker from source, under vitest and in dist.
const workerUrl = new URL(
  `./sqlite-worker.${import.meta.url.endsWith('.ts') ? 'ts' : 'js'}`,
  import.meta.url,
);

/**
 * Starts the thread and resolves when the file is open. A thread that dies rejects all that waits and all that comes.
 * @throws StoreRefusedError for a file that cannot be opened
 */
export async function startSqliteThread(path: string, mode: 'WRITE' | 'READ'): Promise<SqliteThread> {
  const worker = new Worker(workerUrl, { workerData: { path, mode } });
  const waiting = new Map<number, Waiting>();
  let lastId = 0;
  let dead: StoreUnavailableError | null = null;

  const die = (reason: string) => {
    dead ??= new StoreUnavailableError(`The store's thread ended: ${reason}.`);
    for (const { reject } of waiting.values()) reject(dead);
    waiting.clear();
  };
  worker.on('error', (error) => die(error instanceof Error ? error.message : 'it failed'));
  worker.on('exit', () => die('it was closed'));
  worker.on('message', (reply: Reply) => {
    if (reply === 'OPEN') return;
    const caller = waiting.get(reply.id);
    waiting.delete(reply.id);
    if ('error' in reply) caller?.reject(errorOf(reply));
    else caller?.resolve(reply.result);
  });
  await untilOpen(worker);

  return {
    execute(sql, parameters) {
      if (dead !== null) return Promise.reject(dead);
      return new Promise((resolve, reject) => {
        lastId += 1;
        worker.postMessage({ id: lastId, sql, parameters });
        waiting.set(lastId, { resolve, reject });
      });
    },
    isAlive: () => dead === null,
    async close() {
      if (dead !== null) return;
      if (mode === 'READ') return void (await worker.terminate());
      const ended = once(worker, 'exit');
      worker.postMessage('CLOSE');
      await ended;
    },
  };
}

function errorOf({ error, isDown }: { error: string; isDown: boolean }): Error {
  return isDown ? new StoreUnavailableError(error) : new Error(error);
}

async function untilOpen(worker: Worker): Promise<void> {
  try {
    await once(worker, 'message');
  } catch {
    throw new StoreRefusedError(
      'store.db in DATA_DIR cannot be opened: it is damaged or no database, its disk is full, or this user may not write there.',
    );
  }
}
