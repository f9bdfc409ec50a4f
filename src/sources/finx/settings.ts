import {
  type CommonSettings,
  commonVariables,
  type Environment,
  readCommonSettings,
} from '#sources/source-settings';

import { FINX } from './normalize.ts';

export interface FinxSettings extends CommonSettings {
  readonly token: string;
}

export const variables: readonly string[] = commonVariables(FINX);

/** Fin X documents one credential: a bearer token that does not change. */
export function readSettings(environment: Environment, faults: string[]): FinxSettings | null {
  const common = readCommonSettings(FINX, environment, faults, { listed: true });
  if (common === null) return null;
  if ((environment['FINX_TOKEN'] ?? '') === '') faults.push('FINX_TOKEN must be set where FINX_URL is.');
  return { ...common, token: common.token ?? '' };
}
