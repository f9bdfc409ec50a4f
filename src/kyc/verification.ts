import type { Check } from './check.ts';
import type { IdvApplication } from './idv-application.ts';
import type { KycRecord } from './kyc-record.ts';
import type { KycStatus, KycStatusReason } from './status.ts';

export type Verification = KycRecord | Check | IdvApplication;
export type Personal = Verification['personal'];

/** One identity for which a verification counts: its owner, or an entity of an application. */
export interface Subject {
  readonly externalUserId: string;
  readonly role: 'OWNER' | 'ENTITY';
  readonly status: KycStatus;
  readonly reason: KycStatusReason | null;
}

type Unsealed<V extends Verification> = V extends Verification ? Omit<V, 'personal'> : never;

/** A verification without its personal values: what reading and storing have in common. */
export type OpenVerification = Unsealed<Verification>;

/**
 * The identities that a record counts for: its owner, then each entity with an account of its own, once. With a
 * record that is gone its entities are gone, whatever they said before.
 */
export function subjectsOf(verification: OpenVerification): readonly Subject[] {
  const subjects = new Map<string, Subject>();
  const { externalUserId, status, reason } = verification;
  if (externalUserId !== null)
    subjects.set(externalUserId, { externalUserId, role: 'OWNER', status, reason });
  const entities = verification.kind === 'IDV_APPLICATION' ? verification.details.entities : [];
  for (const entity of entities) {
    if (entity.accountId === null || subjects.has(entity.accountId)) continue;
    const said =
      status === 'CANCELLED' ? { status, reason } : { status: entity.status, reason: entity.reason };
    subjects.set(entity.accountId, { externalUserId: entity.accountId, role: 'ENTITY', ...said });
  }
  return [...subjects.values()];
}
