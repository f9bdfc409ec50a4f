import { SettingsError } from '#settings';
import { StoreRefusedError, StoreUnavailableError } from '#store/database';

import { CsvFileError } from './csv-file.ts';
import { exitCode } from './exit-code.ts';
import { explain } from './read-settings.ts';

/** Faults of files that a user can mend, by their code. */
const FILE_FAULTS: ReadonlyMap<unknown, string> = new Map([
  ['ENOENT', 'There is no such file or folder.'],
  ['EACCES', 'The file may not be opened by this user.'],
  ['EISDIR', 'It is a folder, not a file.'],
  ['ENOSPC', 'There is no room left to write.'],
]);

/** Runs a command; what a user can mend is said in one line that repeats no data, and ends with a code of its own. */
export async function orExplain(work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (error instanceof SettingsError) return explain(error);
    const line = readableLine(error);
    if (line === null) throw error;
    process.stderr.write(`${line}\n`);
    process.exitCode = exitCode.FAILED;
  }
}

function readableLine(error: unknown): string | null {
  if (
    error instanceof StoreRefusedError ||
    error instanceof StoreUnavailableError ||
    error instanceof CsvFileError
  )
    return error.message;
  return error instanceof Error && 'code' in error ? (FILE_FAULTS.get(error.code) ?? null) : null;
}
