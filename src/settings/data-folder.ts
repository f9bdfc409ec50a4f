import { mkdirSync } from 'node:fs';

import { SettingsError } from './settings-error.ts';

const A_FILE = 'DATA_DIR is a file, or lies within one: name a folder, or what can become one.';
const FORBIDDEN = 'DATA_DIR cannot be made by this user.';

/** What keeps a folder from being made, by its code. */
const FAULTS: ReadonlyMap<unknown, string> = new Map([
  ['EEXIST', A_FILE],
  ['ENOTDIR', A_FILE],
  ['EACCES', FORBIDDEN],
  ['EPERM', FORBIDDEN],
  ['EROFS', 'DATA_DIR cannot be made: its disk is read-only.'],
  ['ENOSPC', 'DATA_DIR cannot be made: its disk is full.'],
]);

/** Makes the folder, for its owner alone, unless it is there. @throws SettingsError when it cannot be one */
export function makeDataFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  } catch (error) {
    const fault = error instanceof Error && 'code' in error ? FAULTS.get(error.code) : undefined;
    throw fault === undefined ? error : new SettingsError([fault]);
  }
}
