import type { FetchedRecord } from '#kyc/fetched-record';
import type { ReadOptions, SourceRead } from '#sources/source';
import type { Upstream } from '#upstream/request';
import { SourceError } from '#upstream/source-error';

import { normalizeCheck } from './normalize.ts';
import { wireCheckBody, wireCheckList } from './wire.ts';

const NOTHING: SourceRead = { records: [], unidentified: 0, incomplete: null };

/** What every call to Upvest carries beside its credential. */
export interface UpvestClient {
  readonly upstream: Upstream;
  /** Header `upvest-client-id`; null leaves it out. */
  readonly clientId: string | null;
}

/** GET /users/{user_id}/checks: all checks of a user; empty where Upvest does not know the user. @throws SourceError */
export async function fetchChecks(
  client: UpvestClient,
  userId: string,
  options: ReadOptions,
): Promise<SourceRead> {
  if (!canBeSegment(userId)) return NOTHING;
  const path = `users/${encodeURIComponent(userId)}/checks`;
  const body = await orNullOn404(
    client.upstream.request({ ...common(client, options), path, schema: wireCheckList }),
  );
  return body === null ? NOTHING : toRead(body.data.map((row) => normalizeCheck(row, userId)));
}

/** GET /users/{user_id}/checks/{check_id}: one check of a user; null where Upvest does not know it. @throws SourceError */
export async function fetchCheck(
  client: UpvestClient,
  userId: string,
  checkId: string,
  options: ReadOptions,
): Promise<SourceRead | null> {
  if (!canBeSegment(userId) || !canBeSegment(checkId)) return null;
  const path = `users/${encodeURIComponent(userId)}/checks/${encodeURIComponent(checkId)}`;
  const body = await orNullOn404(
    client.upstream.request({ ...common(client, options), path, schema: wireCheckBody }),
  );
  if (body === null) return null;
  const record = normalizeCheck(body, userId);
  return toRead([record?.verification.externalId === checkId ? record : null]);
}

function common({ clientId }: UpvestClient, { pace, signal }: ReadOptions) {
  const headers: Record<string, string> = clientId === null ? {} : { 'upvest-client-id': clientId };
  return { method: 'GET', headers, pace, signal } as const;
}

function toRead(rows: readonly (FetchedRecord | null)[]): SourceRead {
  const records = rows.filter((row) => row !== null);
  return { records, unidentified: rows.length - records.length, incomplete: null };
}

/** A URL drops dot segments and folds empty ones: such an "id" would ask for another path. It is nobody's. */
function canBeSegment(id: string): boolean {
  return id.isWellFormed() && !/^(\.{0,2})$/.test(id);
}

async function orNullOn404<Body>(answer: Promise<Body>): Promise<Body | null> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof SourceError && error.code === 'SOURCE_NOT_FOUND') return null;
    throw error;
  }
}
