import { type Clearance, clearanceFor } from '#access/clearance';
import type { KnownVerificationOf } from '#kyc/known-verification';

import type { GraphContext } from './context.ts';
import type { VerificationNode } from './nodes.ts';
import { oncePer } from './once-per.ts';

/** The sealed part of a record, opened when the first field of it is asked for, and once. */
export const personalOfKycRecord = oncePer((known: KnownVerificationOf<'KYC_RECORD'>) =>
  known.openPersonal(),
);
export const personalOfCheck = oncePer((known: KnownVerificationOf<'CHECK'>) => known.openPersonal());
export const personalOfApplication = oncePer((known: KnownVerificationOf<'IDV_APPLICATION'>) =>
  known.openPersonal(),
);

/** Whether the caller reads the personal data of the record's owner in clear. */
export function clearanceOf({ verification }: VerificationNode, { principal }: GraphContext): Clearance {
  return clearanceFor(principal, verification.userId);
}
