import { Command } from 'commander';

import { auditCommand } from './audit.ts';
import { checkCommand } from './check.ts';
import { grantsCommand } from './grants.ts';
import { keysCommand } from './keys.ts';
import { linksCommand } from './links.ts';
import { logCommand } from './log.ts';
import { rekeyCommand } from './rekey.ts';
import { scansCommand } from './scans.ts';
import { startCommand } from './start.ts';
import { webhooksCommand } from './webhooks.ts';

/** The `kyc-gateway` command. Each subcommand is a file of this folder; later ones are added here. */
export function createProgram(): Command {
  return new Command('kyc-gateway')
    .description(
      'One GraphQL graph over several KYC providers. Settings are environment variables (README, Settings).',
    )
    .addCommand(startCommand())
    .addCommand(checkCommand())
    .addCommand(linksCommand())
    .addCommand(keysCommand())
    .addCommand(grantsCommand())
    .addCommand(scansCommand())
    .addCommand(webhooksCommand())
    .addCommand(auditCommand())
    .addCommand(logCommand())
    .addCommand(rekeyCommand());
}
