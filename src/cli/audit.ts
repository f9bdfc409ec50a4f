import { Command } from 'commander';

/** What opens a store is loaded when it is run: the other commands start without it. */
export function auditCommand(): Command {
  return new Command('audit')
    .description('who did what, as the store keeps it')
    .addCommand(
      new Command('verify')
        .description(
          'prove that no row of the audit was changed or taken away; names the first broken row of each chain on standard output and ends with 1 when there is any. Beside a running gateway too',
        )
        .action(async () => (await import('./audit-verify.ts')).verify()),
    );
}
