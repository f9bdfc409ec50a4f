import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

import { StoreRefusedError } from '#store/database';

export interface FolderLock {
  release(): void;
}

/** SQLITE_BUSY: somebody has it. */
const BUSY = 5;

/**
 * Makes this process the owner of the folder: an exclusive lock on a small SQLite file beside the store, which the
 * kernel frees when the process ends, however it ends.
 * @throws StoreRefusedError when another gateway holds it, or the file cannot be locked at all
 */
export function lockFolder(folder: string): FolderLock {
  let file: DatabaseSync | null = null;
  try {
    file = new DatabaseSync(join(folder, 'gateway.lock'), { timeout: 0 });
    file.exec('begin exclusive');
  } catch (error) {
    file?.close();
    throw new StoreRefusedError(isBusy(error) ? TAKEN : BROKEN);
  }
  const held = file;
  return { release: () => held.close() };
}

const TAKEN =
  'Another gateway is running on this data folder. Stop it first, give this one a DATA_DIR of its own, or share a DATABASE_URL.';
const BROKEN =
  'gateway.lock in DATA_DIR cannot be locked: this user may not write there, its disk is full or takes no locks, or it is no file of ours. It holds nothing: while no gateway runs it may be deleted.';

function isBusy(error: unknown): boolean {
  // The upper bytes of an extended code say more.
  return error instanceof Error && 'errcode' in error && (Number(error.errcode) & 0xff) === BUSY;
}
