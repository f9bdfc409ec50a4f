import type { Instant } from '#kyc/instant';
import type { Page, PageRequest } from '#kyc/page';
import type { SourceId } from '#kyc/source-id';
import type { StoreContext } from '#store/context';

import { keepEvents } from './keep-events.ts';
import { countPutAside, pagePutAside, readPutAsideEvent, replayPutAside } from './put-aside.ts';
import { forgetDone, lastReceivedAt, newestWaiting } from './received.ts';
import { settleEvents, takeEvents, waitingUsers } from './take-events.ts';

/** Why an event can come to nothing; stable. */
export const putAsideReasons = [
  /** Its body is no JSON. */
  'NOT_JSON',
  /** It has not the form of an event of this source. */
  'NOT_AN_EVENT',
  /** Nothing is known to be read after an event of this type. */
  'UNKNOWN_TYPE',
  /** It does not say whose record changed, and the source can be asked no other way. */
  'NAMES_NOBODY',
  /** One delivery with more events than are taken. */
  'TOO_MANY_EVENTS',
  /** The source, when asked, does not have what the event is about. */
  'NOT_AT_SOURCE',
  /** The source could not be asked, or gave nothing that can be read, for too long. */
  'SOURCE_UNREADABLE',
  /** The source can only be scanned, and its scans are switched off. */
  'SCANS_OFF',
  /** What is stored of it does not open with the present key. */
  'NOT_OPENED',
  /** It was taken again and again and never came to an end. */
  'NEVER_ENDED',
] as const;
export type PutAsideReason = (typeof putAsideReasons)[number];

/** One thing that a source said. */
export interface ToldEvent {
  /** As it was sent; may hold personal data, so that it is sealed, and forgotten when all is done. */
  readonly text: string;
  /** Whom it is about, at the source; null where it does not say. */
  readonly externalUserId: string | null;
}

/** An event that is this caller's until its lease ends. */
export interface TakenEvent {
  readonly id: string;
  /** Null where it does not open, or the user whom it is about was erased meanwhile. */
  readonly text: string | null;
  readonly externalUserId: string | null;
  /** When it was last said, by the store's clock: what is read of its source after that has heard of it. */
  readonly receivedAt: Instant;
  /** How often it was taken, this time included. */
  readonly attempts: number;
  /** How often it was said until it was taken. */
  readonly arrivals: number;
  /** True when it was done with once, and was said again since. */
  readonly repeated: boolean;
}

/** What becomes of an event that was taken. */
export type EventOutcome =
  | { readonly state: 'DONE' }
  | { readonly state: 'WAITING'; readonly forMs: number }
  | { readonly state: 'PUT_ASIDE'; readonly reason: PutAsideReason };

export interface SettledEvent {
  readonly event: Pick<TakenEvent, 'id' | 'attempts' | 'arrivals'>;
  readonly outcome: EventOutcome;
}

/** An event that waits for an operator. */
export interface PutAsideEvent {
  readonly id: string;
  readonly source: SourceId;
  readonly receivedAt: Instant;
  readonly reason: PutAsideReason;
  readonly attempts: number;
}

export interface PutAsideFilter {
  readonly source?: SourceId;
}

/**
 * What sources told by webhooks. An event is only a hint where to look: it is done with when its source was read. The
 * same text said again by the same source is one event, which is worked on again; an id of an event says nothing.
 */
export interface WebhookEvents {
  /** Keeps all of them or, when it throws, none. @throws StoreUnavailableError */
  keep(source: SourceId, events: readonly ToldEvent[]): Promise<void>;
  /**
   * Up to `limit` that are due, those due longest first. Nobody else is given them before `leaseMs` are over: after that
   * they are due again, so that those of a gateway that died come back.
   */
  take(
    source: SourceId,
    how: { readonly limit: number; readonly leaseMs: number },
  ): Promise<readonly TakenEvent[]>;
  /** What was taken by somebody else since, or said again, stays as it is; the latter is due at once. */
  settle(settled: readonly SettledEvent[]): Promise<void>;
  /** At the source, whom waiting events are about. */
  waitingUsers(source: SourceId): Promise<ReadonlySet<string>>;
  /** When the newest of those that wait was told; null while none does. */
  newestWaiting(source: SourceId): Promise<Instant | null>;
  /** When the source last told anything; null when it never did. */
  lastReceivedAt(source: SourceId): Promise<Instant | null>;
  /** Newest first, then by id in byte order. */
  pagePutAside(query: {
    readonly filter: PutAsideFilter;
    readonly page: PageRequest;
  }): Promise<Page<PutAsideEvent>>;
  countPutAside(filter: PutAsideFilter): Promise<number>;
  /** Null for an id of nothing that is put aside. */
  readPutAside(id: string): Promise<PutAsideEvent | null>;
  /** Lets them be worked on again, at most `MAX_REPLAYED`. @returns the ids of those that were put aside */
  replay(ids: readonly string[]): Promise<readonly string[]>;
  /** Forgets the next `limit` that were done with long ago; false when none is left. */
  forgetDone(limit: number): Promise<boolean>;
}

export function createWebhookEvents(context: StoreContext): WebhookEvents {
  const { database } = context;
  return {
    keep: (source, events) => keepEvents(context, source, events),
    take: (source, how) => takeEvents(context, source, how),
    settle: (settled) => settleEvents(context, settled),
    waitingUsers: (source) => waitingUsers(database, source),
    newestWaiting: (source) => newestWaiting(database, source),
    lastReceivedAt: (source) => lastReceivedAt(database, source),
    pagePutAside: (query) => pagePutAside(database, query),
    countPutAside: (filter) => countPutAside(database, filter),
    readPutAside: (id) => readPutAsideEvent(database, id),
    replay: (ids) => replayPutAside(database, ids),
    forgetDone: (limit) => forgetDone(database, limit),
  };
}
