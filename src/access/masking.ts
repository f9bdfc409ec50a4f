import { type Address, type IdentityDocument, NOBODY, type Person } from '#kyc/person';

import type { Clearance } from './clearance.ts';

/** Personal values as one caller may see them. */
export type Cleared<Values> = Values & { readonly clearance: Clearance };

const NOWHERE: Address = { line1: null, line2: null, postcode: null, city: null, state: null, country: null };

export function clearPerson(person: Person | null, clearance: Clearance): Cleared<Person> | null {
  if (person === null) return null;
  return { ...(clearance === 'CLEAR' ? person : NOBODY), clearance };
}

export function clearAddress(address: Address | null, clearance: Clearance): Cleared<Address> | null {
  if (address === null) return null;
  return { ...(clearance === 'CLEAR' ? address : NOWHERE), clearance };
}

/** The kind of a document and the day on which it expires are never masked. */
export function clearDocument(
  document: IdentityDocument | null,
  clearance: Clearance,
): Cleared<IdentityDocument> | null {
  if (document === null) return null;
  return { ...(clearance === 'CLEAR' ? document : maskDocument(document)), clearance };
}

function maskDocument({ kind, expiresOn }: IdentityDocument): IdentityDocument {
  return {
    kind,
    expiresOn,
    sourceKind: null,
    number: null,
    issuingCountry: null,
    issuedOn: null,
    submittedAt: null,
    imageIds: [],
    evidenceUrl: null,
  };
}
