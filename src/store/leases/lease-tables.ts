/** Who works on something. Never deleted: the token goes on from where it was. Times are epoch milliseconds by the database's clock. */
export interface LeaseTable {
  /** What is worked on: kyc-gateway's own name for it. */
  name: string;
  /** Id of a gateway, random for each start. */
  holder: string;
  /** Grows by one whenever the lease is taken. */
  token: number;
  /** It is free from then on. */
  until: number;
  /** When the work was begun last, and when it is due again; null where it never was, or is under way. */
  started_at: number | null;
  next_at: number | null;
  /** When it was last asked to be done sooner; null for never. */
  wanted_at: number | null;
}

/** A gateway that runs, or ran. */
export interface GatewayTable {
  id: string;
  /** It is taken for gone from then on. */
  until: number;
  /** JSON list of the names of what it can work on. */
  works_on: string;
}
