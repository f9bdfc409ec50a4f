import { readFileSync } from 'node:fs';

import { z } from 'zod';

import {
  type ClientCredentialsSettings,
  type CommonSettings,
  clientCredentialsVariables,
  commonVariables,
  type Environment,
  readClientCredentials,
  readCommonSettings,
  readVariable,
} from '#sources/source-settings';

import { UPVEST } from './normalize.ts';
import type { UpvestSigning } from './signing.ts';
import { readSigningKey } from './signing-key.ts';

const KEY_FILE = 'UPVEST_SIGNING_KEY_FILE';
const KEY_ID = 'UPVEST_SIGNING_KEY_ID';
const CLIENT_ID = 'UPVEST_CLIENT_ID';

export interface UpvestSettings extends CommonSettings {
  /** Header `upvest-client-id` of every call; null leaves it out. */
  readonly clientId: string | null;
  /** Null: `token`, or no credential at all. */
  readonly clientCredentials: ClientCredentialsSettings | null;
  /** Null: requests go out unsigned. */
  readonly signing: UpvestSigning | null;
}

export const variables: readonly string[] = [
  ...commonVariables(UPVEST),
  ...clientCredentialsVariables(UPVEST),
  KEY_FILE,
  KEY_ID,
];

const headerText = z.string().regex(/^[\x21-\x7e]+$/, { error: 'must be printable ASCII without spaces' });

/** Null when UPVEST_URL is not set. A static token, client credentials, or neither; never both. */
export function readSettings(environment: Environment, faults: string[]): UpvestSettings | null {
  const common = readCommonSettings(UPVEST, environment, faults, { listed: false });
  if (common === null) return null;
  const wantsToken = isSet(environment, 'UPVEST_TOKEN_URL') || isSet(environment, 'UPVEST_CLIENT_SECRET');
  if (wantsToken && isSet(environment, 'UPVEST_TOKEN')) {
    faults.push('UPVEST_TOKEN and UPVEST_CLIENT_SECRET are two ways to prove who calls: set one of them.');
  }
  return {
    ...common,
    // The id alone, beside a static token or none, is the header and nothing more.
    clientId: wantsToken
      ? environment[CLIENT_ID] || null
      : readVariable(environment, CLIENT_ID, headerText, null, faults),
    clientCredentials: wantsToken ? readClientCredentials(UPVEST, environment, faults) : null,
    signing: readSigning(environment, faults, { namesClient: wantsToken }),
  };
}

/** Key and id belong together, and Upvest takes no signed request without the client's id. */
function readSigning(
  environment: Environment,
  faults: string[],
  /** True: that the client's id is missing has been said. */
  { namesClient }: { namesClient: boolean },
): UpvestSigning | null {
  const names = [KEY_FILE, KEY_ID, CLIENT_ID];
  if (!isSet(environment, KEY_FILE) && !isSet(environment, KEY_ID)) return null;
  for (const name of names.filter((one) => !isSet(environment, one))) {
    if (name === CLIENT_ID && namesClient) continue;
    faults.push(`${name} must be set too: requests are signed by ${names.join(', ')} together.`);
  }
  const keyId = readVariable(environment, KEY_ID, headerText, null, faults);
  const key = isSet(environment, KEY_FILE) ? readKeyFile(environment[KEY_FILE] ?? '', faults) : null;
  return key === null || keyId === null ? null : { key, keyId };
}

function readKeyFile(file: string, faults: string[]): UpvestSigning['key'] | null {
  let pem: string;
  try {
    pem = readFileSync(file, 'utf8');
  } catch {
    faults.push(`${KEY_FILE} names no file that can be read.`);
    return null;
  }
  const key = readSigningKey(pem);
  if (typeof key !== 'string') return key;
  faults.push(`${KEY_FILE} ${key}`);
  return null;
}

function isSet(environment: Environment, name: string): boolean {
  return (environment[name] ?? '') !== '';
}
