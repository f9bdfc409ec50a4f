import type { StatusChange, UserChangeCause, UserKycChange } from '#kyc/change';
import type { StatusChangeFilter, UserKycChangeFilter } from '#kyc/change-filter';
import type { Instant } from '#kyc/instant';
import type { Sight } from '#kyc/sight';
import type { SourceId } from '#kyc/source-id';
import type { KycStatus } from '#kyc/status';
import type { VerificationKind } from '#kyc/verification-core';

/** What is meant of the log after a position, oldest first. */
export interface ReadAfter<Filter> {
  readonly after: number;
  /** At most so many rows; at least 1. */
  readonly limit: number;
  readonly filter: Filter;
}

/** Rows of the log, and how far it was read for them: there is nothing else that was meant up to `reached`. */
export interface ReadTo<Row> {
  readonly rows: readonly Row[];
  /** Where to go on. `after` itself only when the log ends there. */
  readonly reached: number;
}

/** A slice as in kyc/page.ts, by positions of the log. */
export interface ChangePageRequest {
  readonly take: number;
  readonly direction: 'FORWARD' | 'BACKWARD';
  readonly after: number | null;
  readonly before: number | null;
}

/** Rows oldest first whatever the direction of paging; both flags are exact over all that is kept. */
export interface ChangePage extends ReadTo<StatusChange> {
  readonly hasPrevious: boolean;
  readonly hasNext: boolean;
}

/** The answer that a caller sees of a user may have moved: all that can be told of it to who sees users in part. */
export interface AnswerMove {
  /** Of the last row that may have moved it. */
  readonly position: number;
  /** The present id. */
  readonly userId: string;
  readonly cause: UserChangeCause;
  readonly observedAt: Instant;
}

/**
 * Reads of the change log. What a caller sees of it is decided by how things stand now, not as they stood when a row was
 * written; so is whose record it is.
 */
export interface ChangeReads {
  /** Part of every position that leaves the store: another one once the log was put back, or copied. */
  readonly epoch: string;
  /** The last position; 0 of an empty log. */
  head(): Promise<number>;
  /** One step of a bounded size: call again from `reached`. @throws PositionLostError */
  readStatusChanges(query: ReadAfter<StatusChangeFilter>, sight: Sight): Promise<ReadTo<StatusChange>>;
  /**
   * The same for users' answers. An answer is made of all sources: callers limited to some are given no row (they are
   * told of moves instead). @throws PositionLostError
   */
  readUserKycChanges(query: ReadAfter<UserKycChangeFilter>, sight: Sight): Promise<ReadTo<UserKycChange>>;
  /**
   * For callers limited to some sources: users whose visible answer may have moved, each once, by a change of a record
   * that is seen, or when what now decides their whole answer is seen. Backfill moves nothing. @throws PositionLostError
   */
  readAnswerMoves(
    query: ReadAfter<Pick<UserKycChangeFilter, 'userIds'>>,
    sight: Sight,
  ): Promise<ReadTo<AnswerMove>>;
  /** One page of what is kept, from one state of the log. @throws PositionLostError */
  pageStatusChanges(
    query: { filter: StatusChangeFilter; page: ChangePageRequest },
    sight: Sight,
  ): Promise<ChangePage>;
  countStatusChanges(filter: StatusChangeFilter, sight: Sight): Promise<number>;
  /** The row that stands there; null for none that is kept and seen. */
  readAt(position: number, sight: Sight): Promise<StatusChange | UserKycChange | null>;
}

/**
 * What one row of the log touches, for whoever decides by it whether to read on. No sight is applied: it is given to no
 * caller.
 */
export interface LogEntry {
  readonly position: number;
  /** STATUS: about a record. USER: about a user's answer. */
  readonly type: 'STATUS' | 'USER';
  /** The record; null in a row about an answer, as are its source and kind. */
  readonly verificationId: string | null;
  readonly source: SourceId | null;
  readonly kind: VerificationKind | null;
  /** All ids, past and present, of the users for whom the record counts now; of an answer those of its user. */
  readonly userIds: readonly string[];
  readonly from: KycStatus | null;
  readonly to: KycStatus;
  /** False for what came late. */
  readonly effective: boolean;
  readonly isBackfill: boolean;
  readonly observedAt: Instant;
}

export interface Changes extends ChangeReads {
  /** Begins another epoch, on an operator's word that the log was put back: every cursor of before is expired. */
  renewEpoch(): Promise<void>;
  /** What was appended after a position, at most `limit` rows of it. `reached` is `after` at the end. @throws PositionLostError */
  readEntries(query: {
    readonly after: number;
    readonly limit: number;
  }): Promise<{ readonly entries: readonly LogEntry[]; readonly reached: number }>;
  /**
   * Takes away the oldest rows, at most `limit`, that were observed before then; never the newest row of the log.
   * Returns how many.
   */
  forget(observedBefore: Instant, limit: number): Promise<number>;
}

/** The log does not reach back to a position, or has not come to it: what lay in between cannot be told. */
export class PositionLostError extends Error {
  override readonly name = 'PositionLostError';
}
