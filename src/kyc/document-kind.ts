import type { DocumentKind } from './person.ts';
import { foldWord } from './status.ts';

const KIND_BY_WORD: ReadonlyMap<string, DocumentKind> = new Map([
  ['passport', 'PASSPORT'],
  ['id_card', 'ID_CARD'],
  ['idcard', 'ID_CARD'],
  ['identity_card', 'ID_CARD'],
  ['national_id', 'ID_CARD'],
  ['national_id_card', 'ID_CARD'],
  ["driver's_license", 'DRIVING_LICENCE'],
  ['driver’s_license', 'DRIVING_LICENCE'],
  ['drivers_license', 'DRIVING_LICENCE'],
  ['driver_license', 'DRIVING_LICENCE'],
  ['driving_license', 'DRIVING_LICENCE'],
  ['driving_licence', 'DRIVING_LICENCE'],
  ['residence_permit', 'RESIDENCE_PERMIT'],
  ['utility_bill', 'UTILITY_BILL'],
]);

/** Reads a source's word for a kind of document by exact hit of the folded word; anything else is OTHER. */
export function documentKind(word: string | null): DocumentKind {
  return KIND_BY_WORD.get(foldWord(word ?? '')) ?? 'OTHER';
}
