import { z } from 'zod';

import type { ToldStatus } from '#kyc/told-status';
import { type EventRead, hintAt, isObject, parseEvent, unusable } from '#sources/webhooks';
import { parseRow } from '#upstream/parse-row';
import { wireReference, wireRfc3339, wireText } from '#upstream/wire-values';

import { normalizeCheck } from './normalize.ts';

/** An event as documented. `webhook_id` is read by nobody. */
const wireEvent = z.object({ id: wireReference, created_at: wireRfc3339, type: wireText });
type WireEvent = z.infer<typeof wireEvent>;

const wireSubject = z.object({ id: wireReference, user_id: wireReference });

const OF_CHECKS = 'USER_CHECK.';
/** What these types say the status is; others leave it to their object. */
const DECIDED = ['PASSED', 'FAILED'];

/** A body is one event, as in the document, or `{"payload": [event, ...]}`. */
export function splitDelivery(body: string): readonly string[] {
  const parsed = parseEvent(body);
  const payload = parsed.event?.['payload'];
  if (!Array.isArray(payload)) return [body];
  try {
    return payload.map((event) => JSON.stringify(event));
  } catch {
    // Nested deeper than can be written again: it is no event of theirs either.
    return [body];
  }
}

/** The check that an event is about, and what it says of it. */
export function readEvent(text: string): EventRead {
  const parsed = parseEvent(text);
  if (parsed.event === null) return unusable(parsed.unusable);
  if (Array.isArray(parsed.event['payload'])) return unusable('TOO_MANY_EVENTS');
  const event = parseRow(wireEvent, parsed.event)?.row;
  if (event === undefined || event.type === null) return unusable('NOT_AN_EVENT');
  if (!event.type.startsWith(OF_CHECKS)) return unusable('UNKNOWN_TYPE');
  const object = parsed.event['object'];
  const subject = isObject(object) ? parseRow(wireSubject, object)?.row : undefined;
  if (subject === undefined || subject.user_id === null) return unusable('NAMES_NOBODY');
  return hintAt({
    externalUserId: subject.user_id,
    externalId: subject.id,
    told: toldOf(event, object, subject.user_id),
  });
}

/** Null for an event that cannot be told from another, or contradicts itself: it is a hint and nothing more. */
function toldOf(event: WireEvent, object: unknown, userId: string): ToldStatus | null {
  const said = event.type?.slice(OF_CHECKS.length) ?? '';
  const decided = DECIDED.includes(said) ? said : null;
  const status = isObject(object) ? (object['status'] ?? decided) : null;
  const check = normalizeCheck({ ...(isObject(object) ? object : {}), status }, userId)?.verification;
  if (event.id === null || check === undefined || check.sourceStatus === null) return null;
  if (decided !== null && check.sourceStatus !== decided) return null;
  const { reason, sourceStatus, outcome } = check;
  return {
    eventId: event.id,
    occurredAt: event.created_at,
    status: check.status,
    reason,
    sourceStatus,
    outcome,
  };
}
