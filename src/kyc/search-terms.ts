import type { Person } from './person.ts';
import type { Verification } from './verification.ts';

/** What of a person users can be searched by. */
export const searchKinds = ['EMAIL', 'DOCUMENT_NUMBER', 'FULL_NAME'] as const;
export type SearchKind = (typeof searchKinds)[number];

/** A value that a record gives of one of its identities, folded. */
export interface SearchTerm {
  readonly kind: SearchKind;
  /** Whom the value is about: the owner, or an entity's own account. */
  readonly externalUserId: string;
  readonly folded: string;
}

/**
 * Text as it is compared: NFKC, without regard to case, runs of white space one space, none at the ends; of a document
 * number no white space or dash at all. Null where nothing is left: nothing is found by it.
 */
export function foldTerm(kind: SearchKind, text: string): string | null {
  const plain = text.normalize('NFKC');
  const folded =
    kind === 'DOCUMENT_NUMBER'
      ? plain.replace(/[\s\p{Dash}]/gu, '').toUpperCase()
      : plain.replace(/\s+/gu, ' ').trim().toUpperCase().toLowerCase();
  return folded === '' ? null : folded.normalize('NFKC');
}

/**
 * All that a record can be found by, each once. What is said of an entity is about that entity's account and never
 * about the applicant; an entity without an account is nobody who could be found.
 */
export function searchTermsOf(verification: Verification): readonly SearchTerm[] {
  const terms = new Map(
    saidOf(verification).flatMap(([externalUserId, kind, text]) => {
      const folded = externalUserId === null || text === null ? null : foldTerm(kind, text);
      if (externalUserId === null || folded === null) return [];
      return [[JSON.stringify([externalUserId, kind, folded]), { externalUserId, kind, folded }] as const];
    }),
  );
  return [...terms.values()];
}

type Said = readonly [externalUserId: string | null, kind: SearchKind, text: string | null];

function saidOf(verification: Verification): readonly Said[] {
  const { externalUserId: owner } = verification;
  if (verification.kind === 'CHECK')
    return [[owner, 'DOCUMENT_NUMBER', verification.personal.document?.number ?? null]];
  const ofOwner = saidOfPerson(owner, verification.personal.person);
  if (verification.kind === 'KYC_RECORD') {
    const numbers = verification.personal.documents.map(
      ({ number }): Said => [owner, 'DOCUMENT_NUMBER', number],
    );
    return [...ofOwner, ...numbers];
  }
  const { details, personal } = verification;
  const ofEntities = details.entities.flatMap(({ accountId }, index) =>
    saidOfPerson(accountId, personal.entities[index]?.person ?? null),
  );
  return [...ofOwner, ...ofEntities];
}

/** A source that gives a name in parts does not say in which order: it is found in either. */
function saidOfPerson(about: string | null, person: Person | null): readonly Said[] {
  if (person === null) return [];
  const { givenName, familyName } = person;
  const parts = givenName === null || familyName === null ? [] : [givenName, familyName];
  const names = [person.fullName, person.legalName, parts.join(' '), parts.toReversed().join(' ')];
  return [[about, 'EMAIL', person.email], ...names.map((name): Said => [about, 'FULL_NAME', name])];
}
