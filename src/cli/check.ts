import { Command } from 'commander';

import { createSchema } from '#graph/schema';
import { persistedFaults } from '#server/persisted-operations';
import { SettingsError } from '#settings';
import { rooms } from '#sources/index';

import { explain, readSettingsOrExplain, summaryOf } from './read-settings.ts';

export function checkCommand(): Command {
  return new Command('check').description('validate the settings and exit').action(checkSettings);
}

/** Says whether the settings can be used, and what they amount to. Nothing is opened, made or asked. */
export function checkSettings(): void {
  const settings = readSettingsOrExplain();
  if (settings === null) return;
  const schema = createSchema(rooms.map(({ descriptor }) => descriptor));
  const faults = persistedFaults(schema, settings.persistedOperations ?? new Map());
  if (faults.length > 0) explain(new SettingsError(faults));
  else process.stdout.write(`The settings are in order. ${summaryOf(settings)}\n`);
}
