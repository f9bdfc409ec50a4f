import { verificationId } from '#kyc/id';
import { SEES_ALL } from '#kyc/sight';
import { lackOf } from '#kyc/source-report';
import type { ToldOf } from '#kyc/told-status';
import type { Source, SourceRead } from '#sources/source';
import type { Hint } from '#sources/webhooks';
import type { Store } from '#store/store';
import { SourceError } from '#upstream/source-error';

import { canAskForUser, fetchIdentity } from './fetch-identity.ts';
import { type CoveringRead, ingestSourceOf, learn, readWhole } from './learn.ts';

/** How a source is asked after a hint; events that lead to the same question are one. */
export type Question =
  | { readonly ask: 'RECORD'; readonly externalUserId: string | null; readonly externalId: string }
  | { readonly ask: 'USER'; readonly externalUserId: string }
  /** The whole list is read again. */
  | { readonly ask: 'SCAN' };

/** Null where the event does not say enough for this source. */
export function questionOf(
  source: Source,
  { externalUserId, externalId }: Omit<Hint, 'told'>,
): Question | null {
  if (source.fetchById !== undefined && externalId !== null)
    return { ask: 'RECORD', externalUserId, externalId };
  if (canAskForUser(source) && externalUserId !== null) return { ask: 'USER', externalUserId };
  return source.fetchPage === undefined ? null : { ask: 'SCAN' };
}

/** What the events that led to a question say of its record. */
export type Told = Pick<ToldOf, 'told' | 'isRepeated'>;

/** A read of one record, by its public id. */
export interface RecordRead extends CoveringRead {
  readonly record: string;
}

interface How {
  readonly told: readonly Told[];
  readonly signal: AbortSignal;
  /** Takes a read of one record in, with others if need be. */
  readonly keep: (read: RecordRead) => Promise<void>;
}

/**
 * Asks the source, and takes in what it says; of the events only what that confirms or contradicts.
 * @returns false when the source does not have it, and the gateway never heard of it either
 * @throws SourceError
 */
export async function readAfterHint(
  store: Store,
  source: Source,
  question: Exclude<Question, { ask: 'SCAN' }>,
  how: How,
): Promise<boolean> {
  if (question.ask === 'RECORD') return await readRecord(store, source, question, how);
  const readStartedAt = await store.now();
  const { externalUserId } = question;
  const read = await fetchIdentity(store, source, externalUserId, { pace: 'READ', signal: how.signal });
  if (read.records.length === 0 && !(await isKnown(store, source, externalUserId))) return false;
  const identitiesRead = readWhole(read, externalUserId);
  await learn(store, { source, learntBy: 'WEBHOOK', readStartedAt, read, identitiesRead, scan: null });
  return true;
}

const NOTHING: SourceRead = { records: [], unidentified: 0, incomplete: null };

async function readRecord(
  store: Store,
  source: Source,
  { externalId, externalUserId }: Extract<Question, { ask: 'RECORD' }>,
  { told, signal, keep }: How,
): Promise<boolean> {
  const readStartedAt = await store.now();
  const read = await source.fetchById?.({ externalId, externalUserId }, { pace: 'READ', signal });
  const { kind, id } = source.descriptor;
  const record = verificationId(kind, id, externalId);
  if (read == null) {
    const [known] = await store.readVerifications([record], SEES_ALL);
    if (known == null) return false;
    const burial = { verificationIds: [record], learntBy: 'WEBHOOK', readStartedAt } as const;
    await store.bury({ source: ingestSourceOf(source), ...burial });
  } else if (read.records.length === 0) {
    const lack = lackOf(read);
    throw new SourceError('SOURCE_BAD_PAYLOAD', 'The record could not be read.', lack ?? undefined);
  }
  await keep({
    record,
    readStartedAt,
    read: read ?? NOTHING,
    identitiesRead: [],
    told: told.map((one) => ({ ...one, verificationId: record })),
  });
  return true;
}

/** Whoever a source has no records of is not made a user by being told of. */
async function isKnown(store: Store, source: Source, externalId: string): Promise<boolean> {
  const [user] = await store.readUsersByIdentity([{ source: source.descriptor.id, externalId }], SEES_ALL);
  return user != null;
}
