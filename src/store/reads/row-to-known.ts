import type { CheckType } from '#kyc/check';
import { type Day, type Instant, secondsBetween } from '#kyc/instant';
import type { KnownVerification } from '#kyc/known-verification';
import type { SourceId } from '#kyc/source-id';
import { foldWord, type KycStatus, type KycStatusReason } from '#kyc/status';
import type { Personal, Verification } from '#kyc/verification';
import type { FieldFault, VerificationKind } from '#kyc/verification-core';
import { emptyPersonal } from '#store/scans/tombstone';
import type { Sealers } from '#store/sealing';
import type { Flag, VerificationTable } from '#store/tables';

/** A row of `verifications`, the payload left where it is, with the user of its owner's identity. */
export type KnownRow = Omit<VerificationTable, 'raw' | 'content_hash'> & { readonly user_id: string | null };

/** A stored row as the domain knows it. Sealed values stay sealed until `openPersonal` is called. */
export function knownOfRow(row: KnownRow, sealers: Sealers): KnownVerification {
  const known = {
    ...wordsOfRow(row),
    id: row.id,
    userId: row.user_id,
    lastChangedAt: row.last_changed_at as Instant,
    statusSince: row.status_since as Instant,
    observedAt: row.observed_at as Instant,
    readStartedAt: row.read_started_at as Instant,
    deleted: row.deleted === 1,
    via: 'STORE',
    stale: false,
    openPersonal: () => personalOfRow(row, sealers),
  };
  // The row was written from a Verification of this kind by this build's own writer.
  return known as unknown as KnownVerification;
}

/** Opens the personal values of a row; empty ones for a tombstone. @throws SealBrokenError */
export function personalOfRow(
  row: Pick<VerificationTable, 'id' | 'kind' | 'personal'>,
  sealers: Sealers,
): Personal {
  if (row.personal === null) return emptyPersonal(row.kind as VerificationKind);
  return JSON.parse(sealers.personal.open(row.personal, row.id)) as Personal;
}

/** A stored row as its source told it, opened. @throws SealBrokenError */
export function verificationOfRow(row: Omit<KnownRow, 'user_id'>, sealers: Sealers): Verification {
  return { ...wordsOfRow(row), personal: personalOfRow(row, sealers) } as Verification;
}

function wordsOfRow(row: Omit<KnownRow, 'user_id'>): Omit<Verification, 'details' | 'personal'> & {
  details: Verification['details'];
} {
  return {
    kind: row.kind as VerificationKind,
    source: row.source as SourceId,
    externalId: row.external_id,
    externalUserId: row.external_user_id,
    status: row.status as KycStatus,
    reason: row.status_reason as KycStatusReason | null,
    sourceStatus: row.source_status,
    outcome: row.outcome,
    canRetry: ofFlag(row.can_retry),
    createdAt: row.created_at as Instant | null,
    updatedAt: row.updated_at as Instant | null,
    decidedAt: row.decided_at as Instant | null,
    documentExpiresOn: row.document_expires_on as Day | null,
    faults: JSON.parse(row.faults) as FieldFault[],
    details: JSON.parse(row.details) as Verification['details'],
  };
}

/** The columns that come of what the source said: all but what the store itself knows, and the sealed ones. */
export type SaidColumns = Omit<
  VerificationTable,
  | 'id'
  | 'status_since'
  | 'last_changed_at'
  | 'observed_at'
  | 'read_started_at'
  | 'personal'
  | 'raw'
  | 'content_hash'
  | 'sequence'
  | 'deleted'
  | 'seen_generation'
>;

export function saidColumns(said: Verification): SaidColumns {
  const { details } = said;
  return {
    source: said.source,
    kind: said.kind,
    external_id: said.externalId,
    external_user_id: said.externalUserId,
    status: said.status,
    status_reason: said.reason,
    source_status: said.sourceStatus,
    source_status_word: said.sourceStatus === null ? null : foldWord(said.sourceStatus),
    outcome: said.outcome,
    outcome_word: said.outcome === null ? null : foldWord(said.outcome),
    can_retry: toFlag(said.canRetry),
    created_at: said.createdAt,
    updated_at: said.updatedAt,
    decided_at: said.decidedAt,
    decision_seconds:
      said.createdAt === null || said.decidedAt === null
        ? null
        : secondsBetween(said.createdAt, said.decidedAt),
    document_expires_on: said.documentExpiresOn,
    check_type: checkTypeOf(said),
    profile_id: said.kind === 'IDV_APPLICATION' ? said.details.profileId : null,
    account_type: said.kind === 'IDV_APPLICATION' ? said.details.accountType : null,
    business_account_id: said.kind === 'IDV_APPLICATION' ? said.details.businessAccountId : null,
    details: JSON.stringify(details),
    faults: JSON.stringify(said.faults),
    fault_count: said.faults.length,
  };
}

function checkTypeOf(said: Verification): CheckType | null {
  return said.kind === 'CHECK' ? said.details.type : null;
}

export function toFlag(value: boolean | null): Flag | null {
  if (value === null) return null;
  return value ? 1 : 0;
}

export function ofFlag(value: Flag | null): boolean | null {
  return value === null ? null : value === 1;
}
