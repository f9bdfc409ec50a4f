import type { KnownVerification } from '#kyc/known-verification';
import { NOBODY, type Person, personOrNull } from '#kyc/person';
import type { User } from '#kyc/user';

import { personalOfApplication, personalOfKycRecord } from './personal.ts';

/**
 * The person behind a user: per field, from the newest-observed record that has it. An application that counts for a
 * user by an entity gives that entity's person, never the applicant.
 */
export function personOfUser(user: User, verifications: readonly KnownVerification[]): Person | null {
  const newestFirst = verifications.toSorted(byObservation);
  const persons = newestFirst.flatMap((known) => personsIn(user, known));
  return personOrNull(persons.reduce(fillGaps, NOBODY));
}

function byObservation(one: KnownVerification, other: KnownVerification): number {
  if (one.observedAt !== other.observedAt) return one.observedAt > other.observedAt ? -1 : 1;
  return one.id < other.id ? -1 : 1;
}

/** What one record says of the user. */
function personsIn(user: User, known: KnownVerification): readonly Person[] {
  const isUsers = (account: string | null) =>
    user.identities.some(({ source, externalId }) => source === known.source && externalId === account);
  if (known.kind === 'KYC_RECORD') {
    return isUsers(known.externalUserId) ? present([personalOfKycRecord(known).person]) : [];
  }
  if (known.kind === 'CHECK') return [];
  const personal = personalOfApplication(known);
  const own = isUsers(known.externalUserId) ? [personal.person] : [];
  const entities = known.details.entities.map((entity, index) =>
    isUsers(entity.accountId) ? (personal.entities[index]?.person ?? null) : null,
  );
  return present([...own, ...entities]);
}

function present(persons: readonly (Person | null)[]): readonly Person[] {
  return persons.filter((person) => person !== null);
}

function fillGaps(known: Person, older: Person): Person {
  return {
    fullName: known.fullName ?? older.fullName,
    givenName: known.givenName ?? older.givenName,
    familyName: known.familyName ?? older.familyName,
    legalName: known.legalName ?? older.legalName,
    email: known.email ?? older.email,
    dateOfBirth: known.dateOfBirth ?? older.dateOfBirth,
    nationality: known.nationality ?? older.nationality,
    countryOfResidence: known.countryOfResidence ?? older.countryOfResidence,
  };
}
