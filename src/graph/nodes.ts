import type { StatusChange, UserKycChange } from '#kyc/change';
import type { Freshness } from '#kyc/freshness';
import type { KnownVerification, KnownVerificationOf } from '#kyc/known-verification';
import type { User } from '#kyc/user';
import type { VerificationKind } from '#kyc/verification-core';
import type { AuditRecord } from '#store/audit/audit';
import type { PutAsideEvent } from '#store/webhook-events/webhook-events';

/**
 * What the graph's node types resolve from: the thing, and the freshness that was asked for above it, which all below
 * inherit unless an argument nearer by says otherwise.
 */
export interface UserNode {
  readonly __typename: 'User';
  readonly user: User;
  readonly freshness: Freshness;
}

interface VerificationNodeOf<Name extends string, Kind extends VerificationKind> {
  readonly __typename: Name;
  readonly verification: KnownVerificationOf<Kind>;
  readonly freshness: Freshness;
}

export type KycRecordNode = VerificationNodeOf<'KycRecord', 'KYC_RECORD'>;
export type CheckNode = VerificationNodeOf<'Check', 'CHECK'>;
export type IdvApplicationNode = VerificationNodeOf<'IdvApplication', 'IDV_APPLICATION'>;
export type VerificationNode = KycRecordNode | CheckNode | IdvApplicationNode;

export interface AuditEntryNode {
  readonly __typename: 'AuditEntry';
  readonly record: AuditRecord;
}

export interface StatusChangeNode {
  readonly __typename: 'StatusChange';
  readonly change: StatusChange;
}

export interface UserKycChangeNode {
  readonly __typename: 'UserKycChange';
  readonly change: UserKycChange;
}

export interface PutAsideEventNode {
  readonly __typename: 'PutAsideEvent';
  readonly event: PutAsideEvent;
}

export function userNode(user: User, freshness: Freshness): UserNode {
  return { __typename: 'User', user, freshness };
}

export function verificationNode(verification: KnownVerification, freshness: Freshness): VerificationNode {
  switch (verification.kind) {
    case 'KYC_RECORD':
      return { __typename: 'KycRecord', verification, freshness };
    case 'CHECK':
      return { __typename: 'Check', verification, freshness };
    case 'IDV_APPLICATION':
      return { __typename: 'IdvApplication', verification, freshness };
  }
}

export function auditEntryNode(record: AuditRecord): AuditEntryNode {
  return { __typename: 'AuditEntry', record };
}

export function statusChangeNode(change: StatusChange): StatusChangeNode {
  return { __typename: 'StatusChange', change };
}

export function userKycChangeNode(change: UserKycChange): UserKycChangeNode {
  return { __typename: 'UserKycChange', change };
}

export function putAsideEventNode(event: PutAsideEvent): PutAsideEventNode {
  return { __typename: 'PutAsideEvent', event };
}
