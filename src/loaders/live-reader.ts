import type { Instant } from '#kyc/instant';
import type { SourceId } from '#kyc/source-id';
import type { SourceRead } from '#sources/source';

/** What a source said just now. */
export interface LiveRead {
  readonly read: SourceRead;
  /** When its request was started, by the store's clock. */
  readonly readStartedAt: Instant;
  readonly observedAt: Instant;
  /** Settles when the store has taken it in; never rejects. */
  readonly learnt: Promise<void>;
}

/** Reads of the sources on behalf of callers; what they learn goes into the store off the response path. */
export interface LiveReader {
  /** All that a source has of one identity. @throws SourceError */
  fetchIdentity(source: SourceId, externalId: string): Promise<LiveRead>;
  /** One record by id; null when the source says that there is none. @throws SourceError */
  fetchRecord(
    source: SourceId,
    ref: { externalId: string; externalUserId: string | null },
  ): Promise<LiveRead | null>;
}

/** The reads of one request: a (source, key) is asked once, whoever asks and however often. */
export function askOnce(reader: LiveReader): LiveReader {
  const asked = new Map<string, Promise<LiveRead | null>>();
  function once<Read extends LiveRead | null>(key: string, ask: () => Promise<Read>): Promise<Read> {
    const earlier = asked.get(key) as Promise<Read> | undefined;
    if (earlier !== undefined) return earlier;
    const answer = ask();
    asked.set(key, answer);
    return answer;
  }
  return {
    fetchIdentity: (source, externalId) =>
      once(JSON.stringify([source, 'user', externalId]), () => reader.fetchIdentity(source, externalId)),
    fetchRecord: (source, ref) =>
      once(JSON.stringify([source, 'record', ref.externalId, ref.externalUserId]), () =>
        reader.fetchRecord(source, ref),
      ),
  };
}
