import { Argument, Command, InvalidArgumentError, Option } from 'commander';

import { API_KEY_DAYS, apiKeyKinds } from '#access/api-key';
import { scopes } from '#access/scope';
import { canBeSubject } from '#access/subject';

import type { CreateOptions } from './keys-work.ts';

const OVERLAP_HOURS = { preset: 24, most: 720 };
const keyId = () => new Argument('<id>', 'the id of a key, as list gives it');

/** What opens a store is loaded when it is run: the other commands start without it. */
const loadWork = () => import('./keys-work.ts');

/** Credentials of programs: with the first one, callers are asked who they are for good. */
export function keysCommand(): Command {
  return new Command('keys')
    .description(
      'API keys. Making, rotating and revoking one on the embedded store needs the gateway stopped; on DATABASE_URL it takes effect at once everywhere',
    )
    .addCommand(createCommand())
    .addCommand(
      new Command('list')
        .description('all keys as CSV, without anything of their secrets; beside a running gateway too')
        .action(async () => (await loadWork()).listKeys()),
    )
    .addCommand(rotateCommand())
    .addCommand(
      new Command('revoke')
        .description('end a key at once and for good')
        .addArgument(keyId())
        .action(async (id: string) => (await loadWork()).revokeKey(id)),
    );
}

function createCommand(): Command {
  return new Command('create')
    .description('make a key and show it, this once, on standard output')
    .addOption(
      new Option('--kind <kind>', 'what kind of caller it makes')
        .choices(apiKeyKinds.map((kind) => kind.toLowerCase()))
        .makeOptionMandatory(),
    )
    .requiredOption(
      '--subject <name>',
      "the caller's own name, as it stands in links and in the audit",
      readSubject,
    )
    .addOption(
      new Option('--scope <scope...>', 'what the caller may do').choices(scopes).makeOptionMandatory(),
    )
    .addOption(expiresOption())
    .action(async (how: CreateOptions) => (await loadWork()).createKey(how));
}

function rotateCommand(): Command {
  return new Command('rotate')
    .description('make the next key like this one and show it, this once; the old one ends after the overlap')
    .addArgument(keyId())
    .addOption(
      new Option('--overlap-hours <hours>', 'how long the old one still holds')
        .argParser(wholeNumber(0, OVERLAP_HOURS.most))
        .default(OVERLAP_HOURS.preset),
    )
    .addOption(expiresOption())
    .action(async (id: string, how: { overlapHours: number; expiresDays: number }) =>
      (await loadWork()).rotateKey(id, how),
    );
}

function expiresOption(): Option {
  return new Option('--expires-days <days>', `how long the key holds, at most ${API_KEY_DAYS.most}`)
    .argParser(wholeNumber(1, API_KEY_DAYS.most))
    .default(API_KEY_DAYS.preset);
}

function wholeNumber(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = /^\d{1,6}$/.test(text) ? Number(text) : Number.NaN;
    if (value >= least && value <= most) return value;
    throw new InvalidArgumentError(`It is a whole number from ${least} to ${most}.`);
  };
}

function readSubject(text: string): string {
  if (canBeSubject(text)) return text;
  throw new InvalidArgumentError('It is 1 to 200 characters that can be seen.');
}
