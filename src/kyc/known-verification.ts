import type { Instant } from './instant.ts';
import type { Verification } from './verification.ts';

/** What the gateway itself knows about a verification beside what the source said. */
export interface Knowledge<Personal> {
  /** The public id. */
  readonly id: string;
  /** The user of the owner's identity; null where the payload names no owner, or one out of the caller's sight. */
  readonly userId: string | null;
  /** When the gateway last learnt a change of this record. */
  readonly lastChangedAt: Instant;
  /** Since when the status is what it is: by the source's clock where it says, else when it was learnt. */
  readonly statusSince: Instant;
  /** When the source last confirmed these values. */
  readonly observedAt: Instant;
  /** When the request that confirmed them was started, by the store's clock; orders reads (version.ts). */
  readonly readStartedAt: Instant;
  /** True for a tombstone: deleted at the source, personal values gone. */
  readonly deleted: boolean;
  readonly via: 'LIVE' | 'STORE';
  /** True when a fresher answer was asked for and the source did not give one. */
  readonly stale: boolean;
  /** The payload as it was just sent, JSON; absent where the store's is to be opened. */
  readonly liveRaw?: unknown;
  /** Opens the sealed personal values; call it only when a field of them is asked for. */
  readonly openPersonal: () => Personal;
}

type Known<V extends Verification> = V extends Verification
  ? Omit<V, 'personal'> & Knowledge<V['personal']>
  : never;

/** A verification as the gateway knows it, from the store or just read from its source. */
export type KnownVerification = Known<Verification>;
export type KnownVerificationOf<Kind extends Verification['kind']> = Extract<
  KnownVerification,
  { kind: Kind }
>;
