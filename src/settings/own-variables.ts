import { z } from 'zod';

import { rollUpPolicies } from '#kyc/answer';
import { logLevels } from '#log';

import { corsOrigins, persistedOperations } from './edge-variables.ts';
import { parseSecretKey, parseSecretKeys } from './secret-key.ts';

function wholeNumber(least: number, most: number, preset: number) {
  const error = `must be a whole number from ${least} to ${most}.`;
  return z
    .string()
    .regex(/^\d{1,9}$/, { error, abort: true })
    .transform(Number)
    .refine((value) => value >= least && value <= most, { error })
    .default(preset);
}

function oneOf<const Word extends string>(words: readonly Word[], preset: NoInfer<Word>) {
  return z.enum(words, { error: `must be one of ${words.join(', ')}.` }).default(preset);
}

const secretKey = z.string().transform((text, context) => {
  const key = parseSecretKey(text);
  if (key !== null) return key;
  context.issues.push({ code: 'custom', message: 'must be 32 bytes in base64.', input: null });
  return z.NEVER;
});

const secretKeys = z.string().transform((text, context) => {
  const keys = parseSecretKeys(text);
  if (keys !== null) return keys;
  context.issues.push({
    code: 'custom',
    message: 'must be keys of 32 bytes in base64, separated by commas or spaces.',
    input: null,
  });
  return z.NEVER;
});

/** Only its form is looked at; the value may hold a password and is never repeated. */
const databaseUrl = z.string().refine((text) => /^postgres(ql)?:\/\//.test(text) && URL.canParse(text), {
  error: 'must be a URL of the form postgres://user:password@host:port/database.',
});

/** As a Host header says it: a port belongs to it unless it is the scheme's own. */
const HOST_AND_PORT = /^(?:[a-z0-9._-]{1,253}|\[[0-9a-f:.]+\])(?::\d{1,5})?$/;
const allowedHosts = z
  .string()
  .transform((text) => text.split(',').map((host) => host.trim().toLowerCase()))
  .refine((hosts) => hosts.every((host) => HOST_AND_PORT.test(host)), {
    error: 'must be a list of host or host:port, separated by commas.',
  });

/** The gateway's own variables, as far as they are built. The sources' are read by their rooms, AUTH and AUTH_... by auth.ts. */
export const ownVariables = z.object({
  HOST: z
    .string()
    .regex(/^[A-Za-z0-9.:_-]{1,253}$/, { error: 'must be an address or a name of this machine.' })
    .default('127.0.0.1'),
  PORT: wholeNumber(0, 65_535, 4000),
  DATABASE_URL: databaseUrl.nullable().default(null),
  DATA_DIR: z.string().default('./data'),
  KYC_SECRET_KEY: secretKey.nullable().default(null),
  KYC_SECRET_KEYS: secretKeys.default([]),
  KYC_ROLLUP: oneOf(rollUpPolicies, 'strict'),
  SANDBOX: z.enum(['0', '1'], { error: 'must be 0 or 1.' }).nullable().default(null),
  READ_WAIT_MS: wholeNumber(0, 60_000, 800),
  CHANGE_RETENTION_DAYS: wholeNumber(1, 36_500, 400),
  ALLOWED_HOSTS: allowedHosts.nullable().default(null),
  CORS_ORIGINS: corsOrigins.default([]),
  PERSISTED_OPERATIONS_FILE: persistedOperations.nullable().default(null),
  RATE_COST_PER_MIN: wholeNumber(1, 999_999_999, 1).nullable().default(null),
  MAX_BODY_BYTES: wholeNumber(1024, 16_777_216, 65_536),
  SUBSCRIPTIONS_PER_CALLER: wholeNumber(1, 1_000_000, 100),
  LOG_LEVEL: oneOf(logLevels, 'info'),
});
export type OwnVariables = z.output<typeof ownVariables>;

/**
 * Documented, not built yet, and not to be passed over in silence: whoever sets one relies on it. OTEL_... are the
 * standard variables and are left to what reads them.
 */
export const notBuiltYet: readonly string[] = ['IDEMPOTENCY_DAYS', 'METRICS_PORT'];
