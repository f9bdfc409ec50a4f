import { randomBytes } from 'node:crypto';
import { closeSync, fsyncSync, linkSync, openSync, readFileSync, unlinkSync, writeSync } from 'node:fs';
import { join } from 'node:path';

import { makeDataFolder } from './data-folder.ts';
import { parseSecretKey } from './secret-key.ts';
import { SettingsError } from './settings-error.ts';

const FILE_NAME = 'dev.key';

/**
 * The key that seals a store while KYC_SECRET_KEY is not set: made at the first start, 32 bytes, in a file that only its
 * owner may read (0600). Two starts at once get the same key.
 * @throws SettingsError when the file is there and holds no key: what it sealed could not be opened with a new one
 */
export function readOrCreateDevKey(dataDir: string): Uint8Array {
  const path = join(dataDir, FILE_NAME);
  makeDataFolder(dataDir);
  const key = readKey(path);
  if (key !== null) return key;
  create(path);
  const made = readKey(path);
  if (made === null)
    throw new SettingsError([`${FILE_NAME} in DATA_DIR was removed while it was being made.`]);
  return made;
}

/** That key, where there is one; null where none was made. @throws SettingsError as above */
export function readDevKey(dataDir: string): Uint8Array | null {
  return readKey(join(dataDir, FILE_NAME));
}

function readKey(path: string): Uint8Array | null {
  const text = readIfThere(path);
  if (text === null) return null;
  const key = parseSecretKey(text.trim());
  if (key === null) {
    throw new SettingsError([
      `${FILE_NAME} in DATA_DIR is damaged: put the key back, or set KYC_SECRET_KEY.`,
    ]);
  }
  return key;
}

function readIfThere(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return null;
    throw error;
  }
}

/** Written whole under another name first, then linked: the file is never seen half, and never overwritten. */
function create(path: string): void {
  const draft = `${path}.${process.pid}.${randomBytes(6).toString('hex')}`;
  const file = openSync(draft, 'wx', 0o600);
  try {
    writeSync(file, `${randomBytes(32).toString('base64')}\n`);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  try {
    linkSync(draft, path);
  } catch (error) {
    if (!hasCode(error, 'EEXIST')) throw error;
  } finally {
    unlinkSync(draft);
  }
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
