import type { KnownVerificationOf } from '#kyc/known-verification';

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

/** Values about one person, and who that is: a user's public id, or null where nobody is known to be. */
export type Owned<Values> = Values & { readonly ownerId: string | null };

export function owned<Values extends object>(values: Values, ownerId: string | null): Owned<Values> {
  return { ...values, ownerId };
}

export function ownerOfOwned({ ownerId }: Owned<object>): string | null {
  return ownerId;
}

/** A record is about the user of the identity that the source names as its owner. */
export function ownerOfRecord({ verification }: VerificationNode): string | null {
  return verification.userId;
}
