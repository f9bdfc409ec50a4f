import { Argument, Command, InvalidArgumentError } from 'commander';

/** What opens a store is loaded when it is run: the other commands start without it. */
const loadWork = () => import('./webhooks-work.ts');

/** What sources told and nothing came of. */
export function webhooksCommand(): Command {
  return new Command('webhooks')
    .description('what sources told by webhooks and nothing came of')
    .addCommand(
      new Command('list')
        .description(
          'each event that was put aside, as CSV, the newest first: its id, its source, when it came, why, how often it was worked on; never what it said. Beside a running gateway too',
        )
        .action(async () => (await loadWork()).listPutAside()),
    )
    .addCommand(
      new Command('replay')
        .description(
          'let events that were put aside be worked on again when the gateway runs. On the embedded store the gateway must be stopped; there is replayPutAsideEvents',
        )
        .addArgument(new Argument('<ids...>', 'ids, as list gives them').argParser(readIds))
        .action(async (ids: readonly string[]) => (await loadWork()).replayEvents(ids)),
    );
}

/** Looked at before a store is opened. */
function readIds(id: string, before: readonly string[] | undefined): readonly string[] {
  if (!/^[0-9a-f]{32}$/.test(id)) throw new InvalidArgumentError('It is an id that list gives.');
  return [...(before ?? []), id];
}
