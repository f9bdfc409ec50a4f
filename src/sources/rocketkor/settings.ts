import { z } from 'zod';

import {
  type CommonSettings,
  commonVariables,
  type Environment,
  readCommonSettings,
  readVariable,
} from '#sources/source-settings';

import { ROCKETKOR } from './normalize.ts';

/** An API key and its secret, exchanged for access tokens. */
export interface ApiKey {
  readonly key: string;
  readonly secret: string;
}

export interface RocketkorSettings extends CommonSettings {
  /** Null: `token` is sent as it is. */
  readonly apiKey: ApiKey | null;
}

const KEY = 'ROCKETKOR_API_KEY';
const SECRET = 'ROCKETKOR_API_SECRET';
/** RFC 7617: a colon would end the key early. */
const keyText = z.string().regex(/^[^:\s]+$/, { error: 'must be text without spaces and colons' });

export const variables: readonly string[] = [...commonVariables(ROCKETKOR), KEY, SECRET];

/** One credential: a token that does not change, or an API key with its secret. */
export function readSettings(environment: Environment, faults: string[]): RocketkorSettings | null {
  const common = readCommonSettings(ROCKETKOR, environment, faults, { listed: true });
  if (common === null) return null;
  const hasToken = isSet(environment, 'ROCKETKOR_TOKEN');
  const hasKey = isSet(environment, KEY);
  const hasSecret = isSet(environment, SECRET);
  if (hasKey !== hasSecret) {
    faults.push(`${hasKey ? SECRET : KEY} must be set too: ${KEY} and ${SECRET} belong together.`);
  } else if (hasToken === hasKey) {
    faults.push(`ROCKETKOR_TOKEN or ${KEY} with ${SECRET} must be set, one of the two.`);
  }
  const key = readVariable(environment, KEY, keyText, null, faults);
  const secret = readVariable(environment, SECRET, z.string(), null, faults);
  return { ...common, apiKey: key === null || secret === null ? null : { key, secret } };
}

function isSet(environment: Environment, name: string): boolean {
  return (environment[name] ?? '') !== '';
}
