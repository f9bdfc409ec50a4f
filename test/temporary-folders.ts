/**
 * Vitest's global setup: where there is a file system in memory with room enough, tests make their folders there. The
 * embedded store waits for its disk at every commit, which no test can tell from one that does not.
 */
import { accessSync, constants, mkdtempSync, readdirSync, rmSync, statfsSync, statSync } from 'node:fs';
import { join } from 'node:path';

const MEMORY = '/dev/shm';
const PREFIX = 'kyc-gateway-tests-';
/** A container's is often 64 MB, which is not enough. */
const LEAST_FREE_BYTES = 2 * 1024 ** 3;
/** What a killed run left is removed by a later one. */
const LEFT_OVER_AFTER_MS = 3 * 3600 * 1000;

export default function chooseFolder(): (() => void) | undefined {
  if (process.env['TMPDIR'] !== undefined || !hasRoom()) return undefined;
  removeLeftOver();
  const folder = mkdtempSync(join(MEMORY, PREFIX));
  process.env['TMPDIR'] = folder;
  return () => rmSync(folder, { recursive: true, force: true });
}

function hasRoom(): boolean {
  try {
    accessSync(MEMORY, constants.W_OK);
    const { bavail, bsize } = statfsSync(MEMORY);
    return bavail * bsize > LEAST_FREE_BYTES;
  } catch {
    return false;
  }
}

function removeLeftOver(): void {
  for (const name of readdirSync(MEMORY).filter((entry) => entry.startsWith(PREFIX))) {
    const folder = join(MEMORY, name);
    const { mtimeMs } = statSync(folder);
    if (mtimeMs < Date.now() - LEFT_OVER_AFTER_MS) rmSync(folder, { recursive: true, force: true });
  }
}
