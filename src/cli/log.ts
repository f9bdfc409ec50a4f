import { Command } from 'commander';

/** What opens a store is loaded when it is run: the other commands start without it. */
const loadWork = () => import('./log-work.ts');

/** The change log, whose positions are no use once it was put back to what it was. */
export function logCommand(): Command {
  return new Command('log')
    .description('the change log and the cursors of those who follow it')
    .addCommand(
      new Command('new-epoch')
        .description(
          'let every cursor of the change log expire, so that whoever follows it starts over: after a backup was put back that the gateway does not notice by itself. Stop all gateways first',
        )
        .action(async () => (await loadWork()).newEpoch()),
    );
}
