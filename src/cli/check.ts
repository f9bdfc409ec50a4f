import { Command } from 'commander';

import { readSettingsOrExplain, summaryOf } from './read-settings.ts';

export function checkCommand(): Command {
  return new Command('check').description('validate the settings and exit').action(checkSettings);
}

/** Says whether the settings can be used, and what they amount to. Nothing is opened, made or asked. */
export function checkSettings(): void {
  const settings = readSettingsOrExplain();
  if (settings !== null) process.stdout.write(`The settings are in order. ${summaryOf(settings)}\n`);
}
