import type { Instant } from './instant.ts';
import type { KycStatus, KycStatusReason } from './status.ts';

/** What an event of a source says of one record, in the words of the change log. Only a read moves a record. */
export interface ToldStatus {
  /** The source's own id of the event. */
  readonly eventId: string;
  /** When it came about, as the event says; null where that cannot be read. */
  readonly occurredAt: Instant | null;
  readonly status: KycStatus;
  readonly reason: KycStatusReason | null;
  readonly sourceStatus: string | null;
  readonly outcome: string | null;
}

/** What an event says of a record that the gateway reads because of it. */
export interface ToldOf {
  /** The public id. */
  readonly verificationId: string;
  readonly told: ToldStatus;
  /** True when it was dealt with before: where it is not confirmed it is not told again. */
  readonly isRepeated: boolean;
}
