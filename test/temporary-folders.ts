/**
 * Vitest's global setup: where there is a file system in memory with room enough, tests make their folders there. The
 * embedded store waits for its disk at every commit, which no test can tell from one that does not.
 */
import { accessSync, constants, mkdtempSync, readdirSync, rmSync, statfsSync } from 'node:fs';
import { join } from 'node:path';

const MEMORY = '/dev/shm';
const PREFIX = 'kyc-gateway-tests-';
/** A container's is often 64 MB, which is not enough. */
const LEAST_FREE_BYTES = 2 * 1024 ** 3;

export default function chooseFolder(): (() => void) | undefined {
  if (process.env['TMPDIR'] !== undefined || !hasRoom()) return undefined;
  removeLeftOver();
  const folder = mkdtempSync(join(MEMORY, `${PREFIX}${process.pid}-`));
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

/** Of runs that were killed: each folder is named by the process that made it. */
function removeLeftOver(): void {
  for (const name of readdirSync(MEMORY)) {
    const [, pid] = name.match(/^kyc-gateway-tests-(\d+)-/) ?? [];
    if (pid !== undefined && !isAlive(Number(pid)))
      rmSync(join(MEMORY, name), { recursive: true, force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
