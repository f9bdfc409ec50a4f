import type { Contribution } from './answer.ts';
import type { IdvEntity } from './idv-application.ts';
import type { KnownVerification } from './known-verification.ts';
import type { KycStatus } from './status.ts';
import type { IdentityRef } from './user.ts';
import { type Subject, subjectsOf } from './verification.ts';

/**
 * What a verification gives to the answer of one user: one contribution for each of the user's identities that it
 * counts for, as owner or as entity; none where it counts for none of them.
 */
export function contributionsOf(
  known: KnownVerification,
  identities: readonly IdentityRef[],
): Contribution[] {
  const ids = new Set(identities.filter((one) => one.source === known.source).map((one) => one.externalId));
  return subjectsOf(known)
    .filter((subject) => ids.has(subject.externalUserId))
    .map((subject) => ({
      verificationId: known.id,
      source: known.source,
      externalUserId: subject.externalUserId,
      kind: known.kind,
      checkType: known.kind === 'CHECK' ? known.details.type : null,
      isUpdate: known.kind === 'CHECK' && known.details.isUpdate === true,
      status: subject.status,
      reason: subject.reason,
      observedAt: known.observedAt,
      documentExpiresOn: known.documentExpiresOn,
      ...(subject.role === 'OWNER' ? ownerPart(known) : entityPart(known, subject)),
    }));
}

type RolePart = Pick<Contribution, 'canRetry' | 'decidedAt' | 'updatedAt' | 'createdAt'>;

function ownerPart({ canRetry, decidedAt, updatedAt, createdAt }: KnownVerification): RolePart {
  return { canRetry, decidedAt, updatedAt, createdAt };
}

/**
 * An entity has no decision time of its own: the application's stands for it where the entity is decided by then.
 * Its own update and creation times go before the application's. Whether it may try again, no source says.
 */
function entityPart(known: KnownVerification, subject: Subject): RolePart {
  const entity = entityOf(known, subject.externalUserId);
  return {
    canRetry: null,
    decidedAt: isDecision(subject.status) ? known.decidedAt : null,
    updatedAt: entity?.updatedAt ?? known.updatedAt,
    createdAt: entity?.createdAt ?? known.createdAt,
  };
}

function entityOf(known: KnownVerification, accountId: string): IdvEntity | undefined {
  if (known.kind !== 'IDV_APPLICATION') return undefined;
  return known.details.entities.find((entity) => entity.accountId === accountId);
}

function isDecision(status: KycStatus): boolean {
  return status === 'APPROVED' || status === 'REJECTED';
}
