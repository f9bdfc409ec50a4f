import { readFileSync } from 'node:fs';

import { z } from 'zod';

import type { OwnerCredential } from '#sources/source';
import {
  type CommonSettings,
  commonVariables,
  type Environment,
  readCommonSettings,
} from '#sources/source-settings';

import { canBeHeader } from './endpoints.ts';
import { SUMVIN } from './normalize.ts';

const PATS_FILE = 'SUMVIN_PATS_FILE';
const MAX_ID_LENGTH = 200;

export type SumvinOwner = OwnerCredential & { readonly externalId: string };

/** Sumvin knows no token of the gateway's own: every call is made in the name of an owner. */
export interface SumvinSettings extends Omit<CommonSettings, 'token'> {
  readonly owners: readonly SumvinOwner[];
}

export const variables: readonly string[] = [
  ...commonVariables(SUMVIN).filter((name) => name !== 'SUMVIN_TOKEN'),
  PATS_FILE,
];

const headerText = z.string().refine(canBeHeader);
const ownerLine = z.strictObject({
  externalId: z
    .string()
    .min(1)
    .max(MAX_ID_LENGTH)
    .refine((id) => id.isWellFormed() && !id.includes('\u0000')),
  pat: headerText,
  tenant: headerText.nullish(),
});

/** Null when SUMVIN_URL is not set. */
export function readSettings(environment: Environment, faults: string[]): SumvinSettings | null {
  const common = readCommonSettings(SUMVIN, environment, faults, { listed: false });
  if (common === null) return null;
  const { token: _none, ...rest } = common;
  const file = environment[PATS_FILE] ?? '';
  return { ...rest, owners: file === '' ? [] : readOwners(file, faults) };
}

/** One owner per line of JSON; empty lines are passed over. A fault names the line's number, never what stands there. */
function readOwners(file: string, faults: string[]): readonly SumvinOwner[] {
  const owners = new Map<string, SumvinOwner>();
  for (const [index, line] of readLines(file, faults).entries()) {
    if (line.trim() === '') continue;
    const owner = readOwner(line);
    if (owner === null) {
      faults.push(
        `${PATS_FILE} line ${index + 1} must be JSON: {"externalId": ..., "pat": ..., "tenant"?: ...}.`,
      );
    } else if (owners.has(owner.externalId)) {
      faults.push(`${PATS_FILE} line ${index + 1} names an externalId that an earlier line has.`);
    } else {
      owners.set(owner.externalId, owner);
    }
  }
  return [...owners.values()];
}

function readLines(file: string, faults: string[]): readonly string[] {
  try {
    return readFileSync(file, 'utf8')
      .replace(/^\uFEFF/, '')
      .split(/\r?\n/);
  } catch {
    faults.push(`${PATS_FILE} names no file that can be read.`);
    return [];
  }
}

function readOwner(line: string): SumvinOwner | null {
  try {
    const { externalId, pat, tenant } = ownerLine.parse(JSON.parse(line));
    return { externalId, credential: pat, tenant: tenant ?? null };
  } catch {
    return null;
  }
}
