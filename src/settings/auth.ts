import type { JSONWebKeySet } from 'jose';

import type { Environment } from './environment.ts';
import { readJwksFile } from './jwks-file.ts';

/** Whose tokens are believed. */
export interface TrustedIssuer {
  /** Where its public keys are served, or the keys themselves. */
  readonly keys: URL | JSONWebKeySet;
  readonly issuer: string;
  readonly audience: string;
}

export interface AuthSettings {
  /** UNTIL_KEYS: open until the store has an API key, then required for good. */
  readonly mode: 'OPEN' | 'UNTIL_KEYS' | 'REQUIRED';
  /** Null: no token is believed; API keys alone can be shown. */
  readonly trusted: TrustedIssuer | null;
}

const VARIABLES = ['AUTH_JWKS_URL', 'AUTH_JWKS_FILE', 'AUTH_ISSUER', 'AUTH_AUDIENCE'];
export const LOOPBACK_HOSTS: readonly string[] = ['127.0.0.1', 'localhost', '::1'];
const LOOPBACK_NAMES = ['127.0.0.1', 'localhost', '[::1]'];

/** Who is asked who they are, and by whose keys. Adds a line to `faults` for each that there is. */
export function readAuth(environment: Environment, faults: string[]): AuthSettings {
  const { AUTH: said, AUTH_JWKS_URL: url, AUTH_JWKS_FILE: file } = environment;
  for (const name of Object.keys(environment).filter((one) => one.startsWith('AUTH_'))) {
    if (!VARIABLES.includes(name))
      faults.push(`${name} is no setting of this gateway: it reads ${VARIABLES.join(', ')}.`);
  }
  const hasKeys = url !== undefined || file !== undefined;
  if (said !== undefined && said !== 'open' && said !== 'required')
    faults.push('AUTH must be open or required.');
  if (said === 'open' && hasKeys)
    faults.push('AUTH is open, but keys of an issuer are set: a gateway that can ask who is calling does.');
  const trusted = readTrusted(environment, faults);
  if (hasKeys || said === 'required') return { mode: 'REQUIRED', trusted };
  return { mode: said === 'open' ? 'OPEN' : 'UNTIL_KEYS', trusted };
}

function readTrusted(environment: Environment, faults: string[]): TrustedIssuer | null {
  const { AUTH_ISSUER: issuer, AUTH_AUDIENCE: audience } = environment;
  const { AUTH_JWKS_URL: url, AUTH_JWKS_FILE: file } = environment;
  if (url === undefined && file === undefined) {
    for (const name of ['AUTH_ISSUER', 'AUTH_AUDIENCE']) {
      if (environment[name] !== undefined)
        faults.push(
          `${name} is set, but neither AUTH_JWKS_URL nor AUTH_JWKS_FILE is: no token could be verified.`,
        );
    }
    return null;
  }
  if (url !== undefined && file !== undefined)
    faults.push('AUTH_JWKS_URL and AUTH_JWKS_FILE are both set: set one.');
  for (const name of ['AUTH_ISSUER', 'AUTH_AUDIENCE']) {
    if (environment[name] === undefined)
      faults.push(
        `${name} is required with AUTH_JWKS_URL or AUTH_JWKS_FILE: without it tokens for others would do.`,
      );
  }
  const keys = url === undefined ? readKeys(file ?? '', faults) : readUrl(url, faults);
  if (keys === null || issuer === undefined || audience === undefined) return null;
  return { keys, issuer, audience };
}

function readKeys(file: string, faults: string[]): JSONWebKeySet | null {
  const { keys, fault } = readJwksFile(file);
  if (fault !== null) faults.push(`AUTH_JWKS_FILE ${fault}`);
  return keys;
}

function readUrl(text: string, faults: string[]): URL | null {
  const url = URL.canParse(text) ? new URL(text) : null;
  const isSafe =
    url?.protocol === 'https:' || (url?.protocol === 'http:' && LOOPBACK_NAMES.includes(url.hostname));
  if (url !== null && isSafe && url.username === '' && url.password === '') return url;
  faults.push('AUTH_JWKS_URL must be an https URL (http on loopback alone), without a password.');
  return null;
}

/** What only a gateway may have that asks who is calling, and what it must have. */
export function reachFaults(environment: Environment, { mode }: AuthSettings): string[] {
  const { HOST: host, KYC_SECRET_KEY: key, DATABASE_URL: database } = environment;
  if (mode === 'REQUIRED') return key === undefined && database === undefined ? [SECRET_KEY_WITH_AUTH] : [];
  const faults: string[] = [];
  if (host !== undefined && !LOOPBACK_HOSTS.includes(host))
    faults.push(
      'HOST must be 127.0.0.1, localhost or ::1 unless AUTH is required: anyone who reaches an open gateway is its operator.',
    );
  if (environment['ALLOWED_HOSTS'] !== undefined)
    faults.push('ALLOWED_HOSTS needs AUTH required: an open gateway answers to loopback names alone.');
  if (environment['CORS_ORIGINS'] !== undefined)
    faults.push(
      'CORS_ORIGINS needs AUTH required: of an open gateway every page listed would be the operator.',
    );
  return faults;
}

export const SECRET_KEY_WITH_AUTH =
  'KYC_SECRET_KEY is required once callers are asked who they are. For a store that was made with dev.key of DATA_DIR, set it to what stands in that file.';
