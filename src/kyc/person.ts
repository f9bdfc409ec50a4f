import type { Day, Instant } from './instant.ts';

/** What a source says of a person. Each field is null where the source gives none. Personal data throughout. */
export interface Person {
  readonly fullName: string | null;
  readonly givenName: string | null;
  readonly familyName: string | null;
  readonly legalName: string | null;
  readonly email: string | null;
  readonly dateOfBirth: Day | null;
  readonly nationality: string | null;
  readonly countryOfResidence: string | null;
}

export const NOBODY: Person = {
  fullName: null,
  givenName: null,
  familyName: null,
  legalName: null,
  email: null,
  dateOfBirth: null,
  nationality: null,
  countryOfResidence: null,
};

/** The person, or null when every field is null. */
export function personOrNull(person: Partial<Person>): Person | null {
  const whole = { ...NOBODY, ...person };
  return Object.values(whole).every((value) => value === null) ? null : whole;
}

export const documentKinds = [
  'PASSPORT',
  'ID_CARD',
  'DRIVING_LICENCE',
  'RESIDENCE_PERMIT',
  'UTILITY_BILL',
  'OTHER',
] as const;
export type DocumentKind = (typeof documentKinds)[number];

/** A document that a source checked. Personal data but for `kind` and `expiresOn`. */
export interface IdentityDocument {
  readonly kind: DocumentKind;
  /** The kind exactly as the source spelled it. */
  readonly sourceKind: string | null;
  readonly number: string | null;
  /** ISO 3166 code or name, as the source spelled it. */
  readonly issuingCountry: string | null;
  readonly issuedOn: Day | null;
  readonly expiresOn: Day | null;
  readonly submittedAt: Instant | null;
  readonly imageIds: readonly string[];
  /** A link as text; never parsed, never followed. */
  readonly evidenceUrl: string | null;
}

export interface Address {
  readonly line1: string | null;
  readonly line2: string | null;
  readonly postcode: string | null;
  readonly city: string | null;
  readonly state: string | null;
  readonly country: string | null;
}
