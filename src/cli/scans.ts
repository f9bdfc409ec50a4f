import { Argument, Command, InvalidArgumentError, Option } from 'commander';

import { type SourceId, sourceId } from '#kyc/source-id';

/** What opens a store is loaded when it is run: the other commands start without it. */
const loadWork = () => import('./scans-work.ts');

/** How the whole scans of the sources stand, and what they did not dare to delete. */
export function scansCommand(): Command {
  return new Command('scans')
    .description('the whole scans of sources that list, and the deletions that they hold back')
    .addCommand(
      new Command('list')
        .description(
          'each source that was scanned, as CSV: its state, its last complete scan, what failed, how many deletions are held back; beside a running gateway too',
        )
        .action(async () => (await loadWork()).listScans()),
    )
    .addCommand(confirmCommand());
}

function confirmCommand(): Command {
  return new Command('confirm')
    .description(
      'let the deletions happen that complete scans of a source held back, and none that came since. On the embedded store the gateway must be stopped',
    )
    .addArgument(new Argument('<source>', 'the source, as list gives it').argParser(readSource))
    .addOption(
      new Option(
        '--scan <number>',
        'only if this scan holds them back (held_back_scan of list): nothing is done once others joined them',
      ).argParser(readNumber),
    )
    .action(async (source: SourceId, { scan }: { scan?: number }) =>
      (await loadWork()).confirmScan(source, scan ?? null),
    );
}

/** Whether the store knows it is seen there. */
function readSource(text: string): SourceId {
  try {
    return sourceId(text.toUpperCase());
  } catch {
    throw new InvalidArgumentError('It is the name of a source.');
  }
}

function readNumber(text: string): number {
  if (/^[1-9]\d{0,14}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('It is the number of a scan.');
}
