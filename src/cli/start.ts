import { Command } from 'commander';

import { createLogger, type Logger } from '#log';
import { defaultQuery } from '#server/default-query';
import { type Settings, SettingsError } from '#settings';
import { StoreRefusedError } from '#store/database';

import { checkSettings } from './check.ts';
import { nextEnding } from './ending.ts';
import { exitCode } from './exit-code.ts';
import { explain, readSettingsOrExplain, summaryOf } from './read-settings.ts';

/** The gateway gives requests in flight seven seconds; an end that takes longer is forced, so that ten are enough for all. */
const END_WITHIN_MS = 9500;

export interface RunningGateway {
  /** Of GraphQL, and in a browser of GraphiQL. */
  readonly url: string;
  close(): Promise<void>;
}
export type StartGateway = (settings: Settings, log: Logger) => Promise<RunningGateway>;

export function startCommand(): Command {
  return new Command('start')
    .description('start the gateway')
    .option('--check', 'validate the settings and exit')
    .action(async ({ check }: { check?: boolean }) => {
      if (check === true) return checkSettings();
      const { startGateway } = await import('#gateway');
      await runGateway(startGateway);
    });
}

/** Runs until a signal asks it to end; then lets what is under way finish. */
export async function runGateway(startGateway: StartGateway): Promise<void> {
  const settings = readSettingsOrExplain();
  if (settings === null) return;
  const log = createLogger(settings.logLevel);
  const asked = nextEnding();
  // A start that is broken off leaves nothing behind that the next one cannot go on with.
  const gateway = await Promise.race([startGateway(settings, log), asked]).catch((error: unknown) => {
    explainFailure(error, settings, log);
    return null;
  });
  if (gateway === null || typeof gateway === 'string') return process.exit();
  process.stdout.write(greeting(gateway.url, settings));
  log.info('Ending.', { signal: await asked });
  await end(gateway, log);
}

const LISTEN_FAULTS: ReadonlyMap<unknown, (settings: Settings) => string> = new Map([
  [
    'EADDRINUSE',
    ({ host, port }) => `Port ${port} of ${host} is taken: end what listens there, or set PORT.`,
  ],
  ['EACCES', ({ host, port }) => `Port ${port} of ${host} may not be listened on by this user: set PORT.`],
  ['EADDRNOTAVAIL', ({ host }) => `This machine has no address ${host}: set HOST.`],
]);

/** What a user can mend is said in one line; anything else goes to the log, without its message. */
function explainFailure(error: unknown, settings: Settings, log: Logger): void {
  if (error instanceof SettingsError) return explain(error);
  process.exitCode = exitCode.FAILED;
  const line = readableLine(error, settings);
  if (line === null) log.error('The gateway did not start.', { error });
  else process.stderr.write(`${line}\n`);
}

function readableLine(error: unknown, settings: Settings): string | null {
  if (error instanceof StoreRefusedError) return error.message;
  const isOfListening =
    error instanceof Error && 'syscall' in error && error.syscall === 'listen' && 'code' in error;
  return isOfListening ? (LISTEN_FAULTS.get(error.code)?.(settings) ?? null) : null;
}

function greeting(url: string, settings: Settings): string {
  return `kyc-gateway is up. ${summaryOf(settings)}

  GraphQL, and in a browser GraphiQL: ${url}

A query worth trying:

${defaultQuery}
`;
}

async function end(gateway: RunningGateway, log: Logger): Promise<void> {
  setTimeout(() => {
    log.error('The end took too long.');
    process.exit(exitCode.FAILED);
  }, END_WITHIN_MS).unref();
  try {
    await gateway.close();
    process.exit(exitCode.OK);
  } catch (error) {
    log.error('The end was not clean.', { error });
    process.exit(exitCode.FAILED);
  }
}
