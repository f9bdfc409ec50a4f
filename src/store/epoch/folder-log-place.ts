import { readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import type { LogPlace } from './log-place.ts';

const WHAT =
  'Whether this folder was copied or put back is told by this file, which nothing may touch. It holds nothing.\n';
const NOWHERE = 'nowhere';

/**
 * A folder, by two files beside the store. One is written once: a copy has another inode, and one that was written over
 * another time of change, which no program can set. The other holds the last position: a store that was put back
 * alone is behind it.
 */
export function folderLogPlace(folder: string): LogPlace {
  const [place, head] = [join(folder, 'log.place'), join(folder, 'log.head')];
  const read = async () => {
    const found = await stat(place, { bigint: true }).catch(() => null);
    return found === null ? NOWHERE : `${found.ino}/${found.ctimeNs}`;
  };
  return {
    read,
    async settle() {
      await rm(place, { force: true });
      await writeFile(place, WHAT);
      return await read();
    },
    async readHead() {
      const text = await readFile(head, 'utf8').catch(() => '');
      return /^\d{1,15}$/.test(text) ? Number(text) : 0;
    },
    noteHead: (position) => writeFile(head, String(position)),
  };
}
