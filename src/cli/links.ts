import { Command } from 'commander';

/** The parts that open a store are loaded when they are run: the other commands start without them. */
export function linksCommand(): Command {
  return new Command('links')
    .description('who is whom, as a CSV file, one person a line (docs/links-file.md)')
    .addCommand(importCommand())
    .addCommand(exportCommand());
}

function importCommand(): Command {
  return new Command('import')
    .description(
      'take in links; lines that are refused are told on standard output, by number. On the embedded store the gateway must be stopped',
    )
    .argument('<file>', 'the file; - for standard input')
    .option('--dry-run', 'say what would be refused, line by line, and keep nothing')
    .action(async (file: string, { dryRun }: { dryRun?: boolean }) => {
      const { importLinks } = await import('./links-import.ts');
      await importLinks(file, dryRun === true);
    });
}

function exportCommand(): Command {
  return new Command('export')
    .description(
      'write everybody, with ids and aliases, never credentials. Reads the store beside a running gateway',
    )
    .argument('[file]', 'the file; - or none for standard output', '-')
    .action(async (file: string) => {
      const { exportLinks } = await import('./links-export.ts');
      await exportLinks(file);
    });
}
