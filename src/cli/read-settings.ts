import { readEnvironment, readSettings, type Settings, SettingsError } from '#settings';
import { rooms } from '#sources/index';

import { exitCode } from './exit-code.ts';

/** The settings of this process; where they cannot be used, says why, a line for each fault, and gives null. */
export function readSettingsOrExplain(): Settings | null {
  try {
    return readSettings(readEnvironment(process.cwd()), rooms);
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    explain(error);
    return null;
  }
}

export function explain({ faults }: SettingsError): void {
  for (const fault of faults) process.stderr.write(`${fault}\n`);
  process.exitCode = exitCode.BAD_SETTINGS;
}

/** One line that says what the settings amount to, without any value that is secret. */
export function summaryOf({ sandbox, sources, host, port, auth }: Settings): string {
  const ids = sources.map(({ room }) => room.descriptor.id).join(', ');
  return `${sandbox ? 'The sandbox: invented people, no real source' : `Sources: ${ids}`}. Listens on ${host}, port ${port}. ${CALLERS[auth.mode]}`;
}

const CALLERS: Readonly<Record<Settings['auth']['mode'], string>> = {
  OPEN: 'Whoever reaches it is its operator.',
  UNTIL_KEYS: 'Whoever reaches it is its operator, until there is an API key.',
  REQUIRED: 'Callers say who they are.',
};
