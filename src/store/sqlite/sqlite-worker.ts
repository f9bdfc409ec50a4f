/**
 * The thread behind a database file: it opens the file named in `workerData` and runs the statements posted to it, one
 * after the other. fsync happens here and never on the main thread.
 */
import { parentPort, workerData } from 'node:worker_threads';

import { StoreUnavailableError } from '#store/database';

import { openSqliteFile } from './sqlite-file.ts';

const { path, mode } = workerData as { path: string; mode: 'WRITE' | 'READ' };
const port = parentPort;
if (port === null) throw new Error('sqlite-worker runs as a worker thread only.');

const file = openSqliteFile(path, mode);
port.on('message', (message: { id: number; sql: string; parameters: readonly unknown[] } | 'CLOSE') => {
  if (message === 'CLOSE') {
    file.close();
    port.close();
    return;
  }
  try {
    port.postMessage({ id: message.id, result: file.execute(message.sql, message.parameters) });
  } catch (error) {
    const said = error instanceof Error ? error.message : 'failed';
    port.postMessage({ id: message.id, error: said, isDown: error instanceof StoreUnavailableError });
  }
});
port.postMessage('OPEN');
