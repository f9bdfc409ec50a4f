import {
  type ClientCredentialsSettings,
  type CommonSettings,
  clientCredentialsVariables,
  commonVariables,
  type Environment,
  readClientCredentials,
  readCommonSettings,
} from '#sources/source-settings';

import { FINOGATES } from './normalize.ts';

export interface FinogatesSettings extends CommonSettings {
  /** Null: the static `token` is sent. */
  readonly clientCredentials: ClientCredentialsSettings | null;
}

export const variables: readonly string[] = [
  ...commonVariables(FINOGATES),
  ...clientCredentialsVariables(FINOGATES),
];

/** Null when FINOGATES_URL is not set. Client credentials or a static token: one of them, never both. */
export function readSettings(environment: Environment, faults: string[]): FinogatesSettings | null {
  const common = readCommonSettings(FINOGATES, environment, faults, { listed: true });
  if (common === null) return null;
  const isSet = (name: string) => (environment[name] ?? '') !== '';
  const hasToken = isSet('FINOGATES_TOKEN');
  const hasCredentials = clientCredentialsVariables(FINOGATES).some(isSet);
  if (hasToken === hasCredentials) {
    const ways =
      'FINOGATES_TOKEN, or FINOGATES_TOKEN_URL with FINOGATES_CLIENT_ID and FINOGATES_CLIENT_SECRET';
    faults.push(`${ways}: one of the two must be set${hasToken ? ', not both' : ''}.`);
  }
  return { ...common, clientCredentials: readClientCredentials(FINOGATES, environment, faults) };
}
