import { Command } from 'commander';

/** The parts that open a store are loaded when they are run: the other commands start without them. */
export function grantsCommand(): Command {
  const loadWork = () => import('./grants-work.ts');
  return new Command('grants')
    .description('what partners may see, as a CSV file of partner, kind and value (docs/partners.md)')
    .addCommand(
      new Command('import')
        .description(
          'grant what a file says; lines that are refused are told on standard output, by number. On the embedded store the gateway must be stopped',
        )
        .argument('<file>', 'the file; - for standard input')
        .action(async (file: string) => (await loadWork()).importGrants(file)),
    )
    .addCommand(
      new Command('export')
        .description('write all grants as import takes them in. Reads the store beside a running gateway')
        .action(async () => (await loadWork()).exportGrants()),
    )
    .addCommand(
      new Command('list')
        .description('all grants, with when they were made and by whom')
        .action(async () => (await loadWork()).listGrants()),
    );
}
