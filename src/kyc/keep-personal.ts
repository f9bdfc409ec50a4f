import { NOBODY, type Person, personOrNull } from './person.ts';
import type { Personal } from './verification.ts';

/**
 * The personal values after a read, at a source whose plain reads may leave some out: what the newer read does not
 * give of the person, or lists no more of documents, stays as the older one gave it. What belongs to the status
 * (reasons, messages) and to the application's entities is as the newer read says, or gone.
 */
export function keepPersonal(newer: Personal, older: Personal): Personal {
  if ('documents' in newer && 'documents' in older) {
    const documents = newer.documents.length > 0 ? newer.documents : older.documents;
    return { ...newer, person: keepPerson(newer.person, older.person), documents };
  }
  if ('metadata' in newer && 'metadata' in older) {
    const sourceHistory = newer.sourceHistory.length > 0 ? newer.sourceHistory : older.sourceHistory;
    const metadata = newer.metadata ?? older.metadata;
    return { ...newer, person: keepPerson(newer.person, older.person), metadata, sourceHistory };
  }
  if ('confirmedAddress' in newer && 'confirmedAddress' in older) {
    return {
      document: newer.document ?? older.document,
      confirmedAddress: newer.confirmedAddress ?? older.confirmedAddress,
    };
  }
  return newer;
}

function keepPerson(newer: Person | null, older: Person | null): Person | null {
  const [fresh, kept] = [newer ?? NOBODY, older ?? NOBODY];
  return personOrNull({
    fullName: fresh.fullName ?? kept.fullName,
    givenName: fresh.givenName ?? kept.givenName,
    familyName: fresh.familyName ?? kept.familyName,
    legalName: fresh.legalName ?? kept.legalName,
    email: fresh.email ?? kept.email,
    dateOfBirth: fresh.dateOfBirth ?? kept.dateOfBirth,
    nationality: fresh.nationality ?? kept.nationality,
    countryOfResidence: fresh.countryOfResidence ?? kept.countryOfResidence,
  });
}
