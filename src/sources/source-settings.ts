import { z } from 'zod';

import type { SourceId } from '#kyc/source-id';

import type { SourceSettings } from './source.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/** What every room reads from the environment (design/settings.md). */
export interface CommonSettings extends SourceSettings {
  /** Without a trailing slash; https unless loopback. */
  readonly baseUrl: string;
  readonly timeoutMs: number;
  readonly concurrency: number;
  /** Null: no limit. */
  readonly ratePerS: number | null;
  /** `<SOURCE>_TOKEN`; null when unset. */
  readonly token: string | null;
  /** `<SOURCE>_WEBHOOK_SECRET`; null when unset. */
  readonly webhookSecret: string | null;
}

/** `<SOURCE>_TOKEN_URL`, `_CLIENT_ID`, `_CLIENT_SECRET`: all three, or none (null). */
export interface ClientCredentialsSettings {
  readonly tokenUrl: string;
  readonly clientId: string;
  readonly clientSecret: string;
}

/** Timers hold at most 2^31 ms, so no interval may be longer than about 23 days. */
const MAX_SECONDS = 2_000_000;
const DEFAULT_BACKGROUND_RATE_PER_S = 10;
/** Stands in for a URL that was set wrongly: the start is refused for its fault, so nothing is ever sent there. */
const NO_URL = 'https://invalid.invalid';

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;
const URL_RULE = 'must be an https:// URL (http:// on loopback only) without credentials, query and fragment';
const TEXT_RULE = 'must be printable ASCII without spaces';

const url = z.string().refine(isSafeUrl, { error: URL_RULE });
/** What goes into a header or a form as it stands. */
const headerText = z.string().regex(/^[\x21-\x7e]+$/, { error: TEXT_RULE });
const secret = z.string();

function isSafeUrl(text: string): boolean {
  const parsed = URL.parse(text);
  if (parsed === null || text !== text.trim()) return false;
  const safeScheme =
    parsed.protocol === 'https:' || (parsed.protocol === 'http:' && LOOPBACK.test(parsed.hostname));
  const plain = !/[?#@\\]/.test(text) && parsed.username === '' && parsed.password === '';
  return safeScheme && plain && /^https?:\/\//i.test(text);
}

function wholeNumber(from: number, to: number) {
  const error = `must be a whole number from ${from} to ${to}`;
  return z
    .string()
    .regex(/^\d{1,10}$/, { error })
    .transform(Number)
    .pipe(z.number().min(from, { error }).max(to, { error }));
}

function positiveNumber(to: number) {
  const error = `must be a number above 0 and at most ${to}`;
  return z
    .string()
    .regex(/^\d{1,6}(\.\d{1,3})?$/, { error })
    .transform(Number)
    .pipe(z.number().positive({ error }).max(to, { error }));
}

/**
 * Reads one variable; an empty one counts as unset. A wrong value gives one line in `faults`, naming the variable and
 * never its value, and the fallback in its place.
 */
export function readVariable<Value, Fallback>(
  environment: Environment,
  name: string,
  rule: z.ZodType<Value, string>,
  fallback: Fallback,
  faults: string[],
): Value | Fallback {
  const text = environment[name];
  if (text === undefined || text === '') return fallback;
  const read = rule.safeParse(text);
  if (read.success) return read.data;
  faults.push(`${name} ${read.error.issues[0]?.message ?? 'cannot be read'}.`);
  return fallback;
}

const COMMON = [
  'URL',
  'TOKEN',
  'WEBHOOK_SECRET',
  'SCAN_S',
  'POLL_S',
  'POLL_FINAL_S',
  'MAX_AGE_S',
  'TIMEOUT_MS',
  'CONCURRENCY',
  'RATE_PER_S',
] as const;
const CLIENT_CREDENTIALS = ['TOKEN_URL', 'CLIENT_ID', 'CLIENT_SECRET'] as const;

/** The names of the variables that `readCommonSettings` reads. */
export function commonVariables(source: SourceId): readonly string[] {
  return COMMON.map((name) => `${source}_${name}`);
}

export function clientCredentialsVariables(source: SourceId): readonly string[] {
  return CLIENT_CREDENTIALS.map((name) => `${source}_${name}`);
}

/** Null when the URL is not set. One line in `faults` per wrong value; it then returns defaults in their place. */
export function readCommonSettings(
  source: SourceId,
  environment: Environment,
  faults: string[],
  /** False: `_RATE_PER_S` defaults to 10. */
  options: { listed: boolean },
): CommonSettings | null {
  if ((environment[`${source}_URL`] ?? '') === '') return null;
  function read<Value, Fallback>(
    name: (typeof COMMON)[number],
    rule: z.ZodType<Value, string>,
    fallback: Fallback,
  ) {
    return readVariable(environment, `${source}_${name}`, rule, fallback, faults);
  }
  const baseUrl = read('URL', url, NO_URL).replace(/\/+$/, '');
  const timeoutMs = read('TIMEOUT_MS', wholeNumber(1, 600_000), 5000);
  return {
    baseUrl,
    timeoutMs,
    concurrency: read('CONCURRENCY', wholeNumber(1, 1000), 32),
    ratePerS: read(
      'RATE_PER_S',
      positiveNumber(100_000),
      options.listed ? null : DEFAULT_BACKGROUND_RATE_PER_S,
    ),
    token: read('TOKEN', headerText, null),
    webhookSecret: read('WEBHOOK_SECRET', secret, null),
    pace: {
      scanEveryMs: 1000 * read('SCAN_S', wholeNumber(0, MAX_SECONDS), 300),
      pollOpenAfterMs: 1000 * read('POLL_S', wholeNumber(1, MAX_SECONDS), 60),
      pollFinalAfterMs: 1000 * read('POLL_FINAL_S', wholeNumber(1, MAX_SECONDS), 86_400),
      maxAgeMs: 1000 * read('MAX_AGE_S', wholeNumber(0, MAX_SECONDS), 30),
      timeoutMs,
    },
  };
}

/** All three, or null with a line in `faults` where only some are set. */
export function readClientCredentials(
  source: SourceId,
  environment: Environment,
  faults: string[],
): ClientCredentialsSettings | null {
  const names = clientCredentialsVariables(source);
  const missing = names.filter((name) => (environment[name] ?? '') === '');
  if (missing.length === names.length) return null;
  for (const name of missing) {
    faults.push(`${name} must be set too: ${names.join(', ')} belong together.`);
  }
  return {
    tokenUrl: readVariable(environment, `${source}_TOKEN_URL`, url, NO_URL, faults),
    clientId: readVariable(environment, `${source}_CLIENT_ID`, headerText, '', faults),
    clientSecret: readVariable(environment, `${source}_CLIENT_SECRET`, secret, '', faults),
  };
}
