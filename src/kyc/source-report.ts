import type { Instant } from './instant.ts';
import type { SourceId } from './source-id.ts';

export const sourceStates = ['COMPLETE', 'PARTIAL', 'STALE', 'UNAVAILABLE', 'NOT_APPLICABLE'] as const;
export type SourceState = (typeof sourceStates)[number];

export const sourceErrorCodes = [
  'SOURCE_UNREACHABLE',
  'SOURCE_TIMEOUT',
  'SOURCE_RATE_LIMITED',
  'SOURCE_REFUSED',
  'SOURCE_NOT_FOUND',
  'SOURCE_BAD_PAYLOAD',
  'SOURCE_INCOMPLETE',
  'SOURCE_CIRCUIT_OPEN',
] as const;
export type SourceErrorCode = (typeof sourceErrorCodes)[number];

/** Why a source did not give what was asked. The message is the gateway's own words: no payload, token or name. */
export interface SourceFailure {
  readonly code: SourceErrorCode;
  readonly message: string;
  readonly retryAfterMs: number | null;
}

/** How one source contributed to an answer. */
export interface SourceReport {
  readonly source: SourceId;
  readonly state: SourceState;
  /** When the data that this source contributed was last true. */
  readonly asOf: Instant | null;
  /** Present unless state is COMPLETE or NOT_APPLICABLE. */
  readonly error: SourceFailure | null;
}

/** The failure of a source that answered, but not with all that was asked for. */
export function incomplete(message: string): SourceFailure {
  return { code: 'SOURCE_INCOMPLETE', message, retryAfterMs: null };
}

/** Why a read lacks rows although the source answered; null when it is whole. */
export function lackOf(read: {
  readonly incomplete: SourceFailure | null;
  /** Rows that could not even be identified. */
  readonly unidentified: number;
}): SourceFailure | null {
  if (read.incomplete !== null) return read.incomplete;
  return read.unidentified > 0 ? incomplete('Some of its rows could not be identified.') : null;
}
