/** What sources told by webhooks. */
export interface WebhookEventTable {
  /** Random. */
  id: string;
  source: string;
  /** Keyed hash of what was said. */
  hash: Uint8Array;
  /** Whom it is about, at the source; null where it does not say, and when it is done with. */
  external_user_id: string | null;
  /** What was said, sealed; null when it is done with, or was about somebody who was erased. */
  body: Uint8Array | null;
  state: 'WAITING' | 'DONE' | 'PUT_ASIDE';
  /** Why it was put aside. */
  reason: string | null;
  /** When it was last said. */
  received_at: string;
  /** How often it was said. */
  arrivals: number;
  /** How often it was taken to be worked on, since it was last new or replayed. */
  attempts: number;
  /** Not before; for whoever has taken it the end of the lease. */
  next_attempt_at: string;
  /** 1 when it was said again after it was done with. */
  repeated: 0 | 1;
}
