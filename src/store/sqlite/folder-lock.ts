import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

import { StoreRefusedError } from '#store/database';

export interface FolderLock {
  release(): void;
}

/**
 * Makes this process the owner of the folder: an exclusive lock on a small SQLite file beside the store, which the
 * kernel frees when the process ends, however it ends.
 * @throws StoreRefusedError when another gateway holds it
 */
export function lockFolder(folder: string): FolderLock {
  const file = new DatabaseSync(join(folder, 'gateway.lock'), { timeout: 0 });
  try {
    file.exec('begin exclusive');
  } catch {
    file.close();
    throw new StoreRefusedError(
      'Another gateway is running on this data folder. Stop it first, give this one a DATA_DIR of its own, or share a DATABASE_URL.',
    );
  }
  return { release: () => file.close() };
}
