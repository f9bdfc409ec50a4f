import { Command } from 'commander';

/** Changes the key of what is stored already. */
export function rekeyCommand(): Command {
  return new Command('rekey')
    .description(
      'seal and hash all that is stored with KYC_SECRET_KEY instead of the keys of KYC_SECRET_KEYS. It may be stopped and run again at any time. On the embedded store the gateway must be stopped; on PostgreSQL gateways that have both keys may run',
    )
    .action(async () => (await import('./rekey-work.ts')).rekey());
}
