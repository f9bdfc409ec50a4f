import { resolve } from 'node:path';

import type { RollUpPolicy } from '#kyc/answer';
import type { LogLevel } from '#log';
import type { SourceRoom, SourceSettings } from '#sources/source';

import { type AuthSettings, reachFaults, readAuth } from './settings/auth.ts';
import { type Environment, withoutEmpty } from './settings/environment.ts';
import { notBuiltYet, type OwnVariables, ownVariables } from './settings/own-variables.ts';
import { oldKeyFaults } from './settings/secret-key.ts';
import { SettingsError } from './settings/settings-error.ts';
import { sandboxFaults, unknownSourceVariables } from './settings/source-faults.ts';

export { type AuthSettings, SECRET_KEY_WITH_AUTH } from './settings/auth.ts';
export { makeDataFolder } from './settings/data-folder.ts';
export { readDevKey, readOrCreateDevKey } from './settings/dev-key.ts';
export { type Environment, readEnvironment } from './settings/environment.ts';
export { SettingsError } from './settings/settings-error.ts';

/** A source that is switched on, and what its room read from the environment. */
export interface EnabledSource {
  readonly room: SourceRoom;
  readonly settings: SourceSettings;
}

/** What users set (docs: README, Settings). Read once at start. */
export interface Settings {
  /** Loopback unless callers are asked who they are. */
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  readonly auth: AuthSettings;
  /** What a Host header may say, in lower case; null: loopback and `host`, with our port. */
  readonly allowedHosts: readonly string[] | null;
  /** PostgreSQL, shared by any number of gateways; null: the embedded store in `dataDir`. May hold a password. */
  readonly databaseUrl: string | null;
  /** Absolute. */
  readonly dataDir: string;
  /** 32 bytes; null: the dev key of the store's folder (`readOrCreateDevKey`). Never null with `databaseUrl` or AUTH required. */
  readonly secretKey: Uint8Array | null;
  /** Keys that the store was sealed with before; they open, and seal nothing. */
  readonly oldKeys: readonly Uint8Array[];
  readonly rollUp: RollUpPolicy;
  /** True: the simulators, in a store of their own; `sources` is then empty. */
  readonly sandbox: boolean;
  /** In registry order. */
  readonly sources: readonly EnabledSource[];
  /** How long a FRESH read waits before it gives the stale copy. */
  readonly readWaitMs: number;
  /** How far back the change log reaches at least. */
  readonly changeRetentionDays: number;
  readonly maxBodyBytes: number;
  /** What one caller may have open at this gateway. */
  readonly subscriptionsPerCaller: number;
  /** Whose pages may ask from a browser; empty: our own alone. */
  readonly corsOrigins: readonly string[];
  /** What end users must ask by id, texts by ids, not held against the schema yet; null: everybody sends texts. */
  readonly persistedOperations: ReadonlyMap<string, string> | null;
  /** What a caller may cost in a minute; null: what they like. */
  readonly rateCostPerMin: number | null;
  readonly logLevel: LogLevel;
}

/**
 * Settings from the environment; each room of the registry reads its own part.
 * @throws SettingsError with one line per fault
 */
export function readSettings(environment: Environment, rooms: readonly SourceRoom[]): Settings {
  const set = withoutEmpty(environment);
  const faults = [...notBuiltFaults(set), ...unknownSourceVariables(set, rooms)];
  const own = readOwn(set, faults);
  const auth = readAuth(set, faults);
  faults.push(...reachFaults(set, auth));
  if (set['DATABASE_URL'] !== undefined && set['KYC_SECRET_KEY'] === undefined)
    faults.push('KYC_SECRET_KEY is required with DATABASE_URL: all gateways on a database share one key.');
  faults.push(...oldKeyFaults(set));
  const sources = readSources(set, rooms, faults);
  const sandbox = own === null || own.SANDBOX === null ? null : own.SANDBOX === '1';
  const enabled = sources.map(({ room }) => room);
  faults.push(...sandboxFaults(set, rooms, sandbox, enabled));
  if (own === null || faults.length > 0) throw new SettingsError(faults);
  return toSettings(own, auth, sources);
}

function notBuiltFaults(environment: Environment): string[] {
  return Object.keys(environment)
    .filter((name) => notBuiltYet.includes(name))
    .map((name) => `${name} is not built yet: take it away.`);
}

function readOwn(environment: Environment, faults: string[]): OwnVariables | null {
  const read = ownVariables.safeParse(environment);
  if (read.success) return read.data;
  faults.push(...read.error.issues.map(({ path, message }) => `${String(path[0])} ${message}`));
  return null;
}

function readSources(
  environment: Environment,
  rooms: readonly SourceRoom[],
  faults: string[],
): EnabledSource[] {
  return rooms.flatMap((room) => {
    const settings = room.readSettings(environment, faults);
    return settings === null ? [] : [{ room, settings }];
  });
}

function toSettings(own: OwnVariables, auth: AuthSettings, sources: readonly EnabledSource[]): Settings {
  return {
    host: own.HOST,
    port: own.PORT,
    auth,
    allowedHosts: own.ALLOWED_HOSTS,
    databaseUrl: own.DATABASE_URL,
    dataDir: resolve(own.DATA_DIR),
    secretKey: own.KYC_SECRET_KEY,
    oldKeys: own.KYC_SECRET_KEYS,
    rollUp: own.KYC_ROLLUP,
    sandbox: sources.length === 0,
    sources,
    readWaitMs: own.READ_WAIT_MS,
    changeRetentionDays: own.CHANGE_RETENTION_DAYS,
    maxBodyBytes: own.MAX_BODY_BYTES,
    subscriptionsPerCaller: own.SUBSCRIPTIONS_PER_CALLER,
    corsOrigins: own.CORS_ORIGINS,
    persistedOperations: own.PERSISTED_OPERATIONS_FILE,
    rateCostPerMin: own.RATE_COST_PER_MIN,
    logLevel: own.LOG_LEVEL,
  };
}
