import type { CheckDetails } from './check.ts';
import type { Actor, IdvApplication, IdvEntityPersonal, IdvStatusEntry } from './idv-application.ts';
import type { KycRecordDetails } from './kyc-record.ts';
import type { Verification } from './verification.ts';

/** True of the accounts, at the source of a record, that were erased. */
export type IsErased = (externalUserId: string) => boolean;

/**
 * A record without anything personal of the identities that were erased: ids, statuses, times and the day on which a
 * document ends stay, since the answer rests on them. In an application of several accounts the others keep what is
 * theirs; an entity without an account is taken for the applicant's. Unchanged where nobody in it was erased.
 */
export function erasePersonal(verification: Verification, isErased: IsErased): Verification {
  const { externalUserId } = verification;
  const isOwners = externalUserId !== null && isErased(externalUserId);
  if (verification.kind === 'IDV_APPLICATION') return eraseInApplication(verification, isErased, isOwners);
  if (!isOwners) return verification;
  if (verification.kind === 'CHECK') {
    const personal = { document: null, confirmedAddress: null };
    return { ...verification, details: shellOfCheck(verification.details), personal };
  }
  const personal = { person: null, documents: [], declineReason: null, rejectionMessage: null };
  return { ...verification, details: shellOfRecord(verification.details), personal };
}

/** The vendor's id of the inquiry leads to the person. */
function shellOfRecord(details: KycRecordDetails): KycRecordDetails {
  const { vendor } = details;
  return { ...details, vendor: vendor === null ? null : { ...vendor, inquiryId: null } };
}

/** What suits a person is said of the person. */
function shellOfCheck(details: CheckDetails): CheckDetails {
  const { vendor } = details;
  return { ...details, suitable: null, vendor: vendor === null ? null : { ...vendor, inquiryId: null } };
}

function eraseInApplication(
  application: IdvApplication,
  isErased: IsErased,
  isOwners: boolean,
): IdvApplication {
  const { details, personal } = application;
  const gone = details.entities.map(({ accountId }) => (accountId === null ? isOwners : isErased(accountId)));
  if (!isOwners && !gone.includes(true)) return application;
  const others = (actor: Actor | null) =>
    actor !== null && actor.id !== null && isErased(actor.id) ? null : actor;
  const withoutActors = <Of extends { createdBy: Actor | null; updatedBy: Actor | null }>(of: Of): Of => ({
    ...of,
    createdBy: others(of.createdBy),
    updatedBy: others(of.updatedBy),
  });
  const ofApplicant = isOwners
    ? { person: null, metadata: null, sourceHistory: [] }
    : // A row of the history does not name an account: what is said in it may be about any entity.
      { sourceHistory: personal.sourceHistory.map(withoutMessageOnEntity) };
  return {
    ...application,
    details: { ...withoutActors(details), entities: details.entities.map(withoutActors) },
    personal: {
      ...personal,
      ...ofApplicant,
      entities: details.entities.map((_, at) => {
        const kept = gone[at] === true ? undefined : personal.entities[at];
        return kept ?? NOTHING_OF_AN_ENTITY;
      }),
    },
  };
}

function withoutMessageOnEntity(entry: IdvStatusEntry): IdvStatusEntry {
  return entry.entityId === null ? entry : { ...entry, message: null };
}

const NOTHING_OF_AN_ENTITY: IdvEntityPersonal = {
  person: null,
  outcomeDetails: [],
  sourceHistory: [],
  processingSummary: null,
  documentUploadUrl: null,
};
