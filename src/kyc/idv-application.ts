import type { Instant } from './instant.ts';
import type { Person } from './person.ts';
import type { KycStatus, KycStatusReason } from './status.ts';
import type { VerificationCore } from './verification-core.ts';

/** Who acted at the source. */
export interface Actor {
  readonly id: string | null;
  readonly type: string | null;
}

/** One row of a history as the source tells it. */
export interface IdvStatusEntry {
  readonly id: string | null;
  readonly entityId: string | null;
  readonly status: KycStatus;
  readonly sourceStatus: string | null;
  readonly message: string | null;
  readonly outcome: string | null;
  readonly createdAt: Instant | null;
  readonly updatedAt: Instant | null;
}

export interface IdvOutcomeDetail {
  readonly reasons: readonly { readonly name: string | null; readonly type: string | null }[];
  readonly tags: readonly string[];
}

/** The open part of one entity of an application. Its account is an identity of its own. */
export interface IdvEntity {
  readonly accountId: string | null;
  readonly entityType: string | null;
  readonly status: KycStatus;
  readonly reason: KycStatusReason | null;
  readonly sourceStatus: string | null;
  readonly outcome: string | null;
  readonly createdAt: Instant | null;
  readonly updatedAt: Instant | null;
  readonly createdBy: Actor | null;
  readonly updatedBy: Actor | null;
}

/** The personal part of one entity. */
export interface IdvEntityPersonal {
  readonly person: Person | null;
  readonly outcomeDetails: readonly IdvOutcomeDetail[];
  readonly sourceHistory: readonly IdvStatusEntry[];
  /** The source's object, unmapped; null where it gives none. */
  readonly processingSummary: unknown;
  /** Where documents can be uploaded; a link as text, never parsed, never followed. */
  readonly documentUploadUrl: string | null;
}

export interface IdvApplicationDetails {
  readonly businessAccountId: string | null;
  readonly accountType: string | null;
  readonly profileId: string | null;
  readonly completedAt: Instant | null;
  readonly createdBy: Actor | null;
  readonly updatedBy: Actor | null;
  readonly entities: readonly IdvEntity[];
}

export interface IdvApplicationPersonal {
  readonly person: Person | null;
  /** The source's object, unmapped; null where it gives none. */
  readonly metadata: unknown;
  readonly sourceHistory: readonly IdvStatusEntry[];
  /** In the order of `details.entities`. */
  readonly entities: readonly IdvEntityPersonal[];
}

/** An identity-verification application. `externalUserId` is the account of the applicant. */
export type IdvApplication = VerificationCore<
  'IDV_APPLICATION',
  IdvApplicationDetails,
  IdvApplicationPersonal
>;
