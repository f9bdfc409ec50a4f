import type { ToldStatus } from '#kyc/told-status';

/** A request of a webhook, as its signature is judged by. */
export interface WebhookDelivery {
  /** By name in lower case; each value that was sent. */
  readonly headers: Readonly<Record<string, readonly string[] | undefined>>;
  /** Byte for byte as sent. */
  readonly body: Uint8Array;
  /** The present, milliseconds of the epoch. */
  readonly nowMs: number;
}

/** True when whoever sent it holds the shared secret. Looks at bytes alone, and never throws. */
export type DeliveryProof = (delivery: WebhookDelivery) => boolean;

/** Where to look after an event. */
export interface Hint {
  /** Whose records changed; null where the event does not say. */
  readonly externalUserId: string | null;
  /** Which record; null where the event does not say. */
  readonly externalId: string | null;
  /** What the event says of that record, at a source that reads records by id; null where it says nothing that counts. */
  readonly told: ToldStatus | null;
}

/** Why an event is no hint (store/webhook-events, PutAsideReason). */
export type Unusable = 'NOT_JSON' | 'NOT_AN_EVENT' | 'UNKNOWN_TYPE' | 'NAMES_NOBODY' | 'TOO_MANY_EVENTS';
export type EventRead =
  | { readonly hint: Hint; readonly unusable: null }
  | { readonly hint: null; readonly unusable: Unusable };

/** How a source tells of changes by itself. */
export interface SourceWebhooks {
  /** Null while no secret is set: nothing is taken. */
  readonly proves: DeliveryProof | null;
  /** The events of one body, each as a text that `read` takes; one for a body that cannot be taken apart. */
  split(body: string): readonly string[];
  /** What one event says. Pure; never throws. */
  read(event: string): EventRead;
}

export function hintAt(said: Partial<Hint>): EventRead {
  return { hint: { externalUserId: null, externalId: null, told: null, ...said }, unusable: null };
}

export function unusable(reason: Unusable): EventRead {
  return { hint: null, unusable: reason };
}

type JsonObject = Readonly<Record<string, unknown>>;

/** An event as a JSON object, or why it is none. */
export function parseEvent(text: string): { event: JsonObject } | { event: null; unusable: Unusable } {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { event: null, unusable: 'NOT_JSON' };
  }
  return isObject(value) ? { event: value } : { event: null, unusable: 'NOT_AN_EVENT' };
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
