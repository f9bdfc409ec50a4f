/** The right to do some work, as it was taken once. Whoever takes it later has a higher token. */
export interface Fence {
  readonly name: string;
  readonly token: number;
}

/** Another gateway has taken the lease since: what was to be written under it was not. */
export class LeaseLostError extends Error {
  override readonly name = 'LeaseLostError';
}

/** A lease that is held, and how its work stands, so that other gateways can tell. */
export interface HeldLease extends Fence {
  /** Milliseconds since the work was begun last; null where it never was. */
  readonly startedAgoMs: number | null;
  /** Milliseconds until it is due; null while it is under way. */
  readonly nextInMs: number | null;
}

/** How one lease stands. Epoch milliseconds by the database's clock. */
export interface Lease {
  readonly name: string;
  readonly holder: string;
  readonly untilMs: number;
  readonly startedAtMs: number | null;
  /** Null while the work is under way. */
  readonly nextAtMs: number | null;
  /** When it was last asked to be done sooner; null for never. */
  readonly wantedAtMs: number | null;
}

/** A gateway that runs. */
export interface LiveGateway {
  readonly id: string;
  /** Names of what it can work on. */
  readonly worksOn: readonly string[];
}

export interface LeaseView {
  /** The present by the database's clock. */
  readonly atMs: number;
  readonly leases: readonly Lease[];
  readonly gateways: readonly LiveGateway[];
}

/**
 * Who works on what, where several gateways share a store: each piece of work is done by one of them at a time. All by
 * the database's clock, so that those of the gateways do not matter. A lease says who should work; that nobody else
 * writes is seen to by the token, in the transaction that would write (`Store.under`).
 */
export interface Leases {
  /** False where only one gateway can be at the store: what it takes it has until it ends. */
  readonly areShared: boolean;
  /** For so long from now on; null while another holds it. Whoever holds it already takes it anew. */
  take(name: string, holder: string, forMs: number): Promise<Fence | null>;
  /** Says that the gateway is there, and prolongs what it holds. Returns the names of what nobody else took meanwhile. */
  renew(gateway: LiveGateway, held: readonly HeldLease[], forMs: number): Promise<ReadonlySet<string>>;
  /** Free for anybody from now on; nothing happens where somebody else has it. */
  release(fence: Fence): Promise<void>;
  /** The gateway is gone. */
  leave(gateway: string): Promise<void>;
  /** Asks whoever works on these to do so sooner. */
  want(names: readonly string[]): Promise<void>;
  read(): Promise<LeaseView>;
}
