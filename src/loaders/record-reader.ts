import type { Freshness } from '#kyc/freshness';
import { decodeId, verificationId } from '#kyc/id';
import type { KnownVerification } from '#kyc/known-verification';
import type { SourceId } from '#kyc/source-id';
import type { Source } from '#sources/source';

import type { LoaderDeps } from './deps.ts';
import type { LiveReader } from './live-reader.ts';
import { loadRecord } from './one-verification.ts';
import type { SightCheck } from './sight-check.ts';
import type { StoreLoaders } from './store-loaders.ts';

export interface RecordRef {
  readonly source: SourceId;
  readonly externalId: string;
  readonly externalUserId: string | null;
}

/** What the reads of single records share within one request. */
export interface RecordReading {
  readonly deps: LoaderDeps;
  readonly check: SightCheck;
  readonly stored: StoreLoaders;
  readonly reader: LiveReader;
  /** True for a source of which this caller may ask about records never seen. */
  readonly mayAskAboutStrangers: (source: SourceId) => boolean;
}

/** One record by its public id. Anything that is no id of a record in sight is null and asks nobody. */
export async function readById(
  reading: RecordReading,
  id: string,
  freshness: Freshness,
): Promise<KnownVerification | null> {
  const decoded = decodeId(id);
  if (decoded === null || !('source' in decoded)) return null;
  const { source: word, externalId } = decoded;
  const source = reading.deps.sources.find(({ descriptor }) => descriptor.id === word);
  // A source makes records of one kind: an id of another kind is nobody's.
  const isItsOwn = source !== undefined && idAt(source.descriptor, externalId) === id;
  if (source === undefined || !isItsOwn) return reading.stored.verifications.load(id);
  return readAt(reading, source, { externalId, externalUserId: null }, freshness);
}

/** One record by its source's own id; of a source that is switched off from the store alone. */
export async function readByExternalId(
  reading: RecordReading,
  ref: RecordRef,
  freshness: Freshness,
): Promise<KnownVerification | null> {
  const source = reading.deps.sources.find(({ descriptor }) => descriptor.id === ref.source);
  if (source !== undefined) return readAt(reading, source, ref, freshness);
  const descriptor = reading.deps.descriptors.find(({ id }) => id === ref.source);
  return descriptor === undefined
    ? null
    : reading.stored.verifications.load(idAt(descriptor, ref.externalId));
}

async function readAt(
  reading: RecordReading,
  source: Source,
  ref: Omit<RecordRef, 'source'>,
  freshness: Freshness,
): Promise<KnownVerification | null> {
  const { stored, reader, deps, check, mayAskAboutStrangers } = reading;
  const id = idAt(source.descriptor, ref.externalId);
  const held = await stored.verifications.load(id);
  if (held === null && !mayAskAboutStrangers(source.descriptor.id)) return null;
  const mayAsk = held === null || freshness === 'STORED' || (await mayAskAboutOwner(reading, held));
  const externalUserId = mayAsk ? (held?.externalUserId ?? ref.externalUserId) : null;
  const question = { source, held, freshness, externalId: ref.externalId, externalUserId };
  const answer = await loadRecord({ ...question, readWaitMs: deps.readWaitMs }, reader);
  if (answer.of === 'LEARNT') return stored.verifications.clear(id).load(id);
  if (answer.of === 'COPY') return answer.known;
  const [seen = null] = await check.recordsSeen([answer.known]);
  return seen;
}

/** A record that names a user in sight may be of another, of whom a read by account would ask everything. */
async function mayAskAboutOwner(
  { stored, mayAskAboutStrangers }: RecordReading,
  { source, externalUserId }: KnownVerification,
): Promise<boolean> {
  if (externalUserId === null || mayAskAboutStrangers(source)) return true;
  return (await stored.usersByIdentity.load({ source, externalId: externalUserId })) !== null;
}

function idAt({ kind, id }: Pick<Source['descriptor'], 'kind' | 'id'>, externalId: string): string {
  return verificationId(kind, id, externalId);
}
