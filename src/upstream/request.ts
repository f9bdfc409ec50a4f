import type { ZodType } from 'zod';

/** Query values as sent; null and undefined are left out, a list repeats its name. */
export type QueryValue = string | number | boolean | readonly string[] | null | undefined;

/** One call to a source. The schema rides on the call: what comes back is parsed, never cast. */
export interface UpstreamCall<Body> {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Below the base URL, without a leading slash, each segment already encoded (`encodeURIComponent`). */
  readonly path: string;
  readonly query?: Readonly<Record<string, QueryValue>>;
  /** Headers beside those of the source's credential. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Headers that are this very call's credential, where calls have one each. Like the source's, never kept of an answer. */
  readonly credential?: Readonly<Record<string, string>>;
  /** Sent as application/x-www-form-urlencoded. */
  readonly form?: Readonly<Record<string, string>>;
  /** Sent as application/json. */
  readonly json?: unknown;
  /** Parses the answer's JSON (undefined for an empty body); a body that does not fit is SOURCE_BAD_PAYLOAD. */
  readonly schema: ZodType<Body>;
  /** BACKGROUND calls wait for the source's rate, outside their deadline, and never starve READ calls of their places. */
  readonly pace: 'READ' | 'BACKGROUND';
  /** Ends the call early; the source's own deadline (retries included) holds beside it. */
  readonly signal?: AbortSignal | undefined;
}

/** The one way out to one source. */
export interface Upstream {
  /**
   * Sends the call and returns its parsed body. GETs are tried again within the deadline after a lost connection, a
   * 429 or a 5xx; nothing else is. A body cut in the middle is a lost connection; a redirect is a bad payload.
   * @throws SourceError, or the reason of the call's own signal.
   */
  request<Body>(call: UpstreamCall<Body>): Promise<Body>;
  close(): Promise<void>;
}
