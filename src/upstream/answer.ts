import type { ZodType } from 'zod';

import type { Answer } from './send.ts';
import { SourceError } from './source-error.ts';

/**
 * Reads an answer: its status, then its JSON by the schema; an empty body is undefined to the schema.
 * @throws SourceError in the gateway's own words, with nothing of the answer in it.
 */
export function readAnswer<Body>(answer: Answer, schema: ZodType<Body>): Body {
  const failure = failureOf(answer);
  if (failure !== null) throw failure;
  const parsed = schema.safeParse(parseJson(answer.text));
  if (parsed.success) return parsed.data;
  throw new SourceError('SOURCE_BAD_PAYLOAD', 'The source answered in another form than it documents.', {
    httpStatus: answer.status,
  });
}

/** What a status that is no success means; null for a success. Redirects are never followed: a credential stays here. */
function failureOf({ status, headers }: Answer): SourceError | null {
  if (status >= 200 && status <= 299) return null;
  const options = { httpStatus: status, retryAfterMs: retryAfterMs(headers['retry-after']) };
  if (status >= 500)
    return new SourceError('SOURCE_UNREACHABLE', 'The source is out of order (HTTP 5xx).', options);
  if (status === 429) return new SourceError('SOURCE_RATE_LIMITED', 'The source asks to slow down.', options);
  if (status === 404) return new SourceError('SOURCE_NOT_FOUND', 'The source does not know this.', options);
  if (status === 401 || status === 403)
    return new SourceError('SOURCE_REFUSED', 'The source refused the credential.', options);
  if (status >= 400) return new SourceError('SOURCE_REFUSED', 'The source refused the request.', options);
  return new SourceError(
    'SOURCE_BAD_PAYLOAD',
    'The source answered with a redirect, which is not followed.',
    options,
  );
}

/** A day: whoever asks for more is asked again then. Timers and GraphQL's Int end at 2^31 milliseconds. */
const MAX_RETRY_AFTER_MS = 86_400_000;

/** Retry-After in seconds or as an HTTP date (RFC 9110, 10.2.3), as milliseconds from now; null when neither. */
function retryAfterMs(value: string | string[] | undefined): number | null {
  if (typeof value !== 'string') return null;
  const askedMs = /^\d+$/.test(value) ? Number(value) * 1000 : untilDateMs(value);
  return Number.isNaN(askedMs) ? null : Math.min(MAX_RETRY_AFTER_MS, Math.max(0, askedMs));
}

function untilDateMs(value: string): number {
  return /^[A-Z][a-z]{2}, /.test(value) ? Date.parse(value) - Date.now() : Number.NaN;
}

/** A key `__proto__` would change prototypes where parsed values are copied: it is left out. Any spelling of it has one of these. */
const MAY_NAME_PROTOTYPE = /__|\\u005f/i;

function parseJson(text: string): unknown {
  if (text === '') return undefined;
  try {
    return MAY_NAME_PROTOTYPE.test(text) ? JSON.parse(text, withoutPrototypeKey) : JSON.parse(text);
  } catch {
    throw new SourceError('SOURCE_BAD_PAYLOAD', 'The source answered with something that is no whole JSON.');
  }
}

function withoutPrototypeKey(this: unknown, _key: string, value: unknown): unknown {
  if (typeof value === 'object' && value !== null && Object.hasOwn(value, '__proto__')) {
    Reflect.deleteProperty(value, '__proto__');
  }
  return value;
}
