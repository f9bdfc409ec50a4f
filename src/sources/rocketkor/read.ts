import type { FetchedRecord } from '#kyc/fetched-record';
import { incomplete, type SourceFailure } from '#kyc/source-report';
import type { ReadOptions, ScanPage, ScanPosition, SourceRead } from '#sources/source';
import type { Upstream } from '#upstream/request';
import { SourceError } from '#upstream/source-error';

import { applicationStatuses, fetchApplications, type ListApplications, type Sort } from './endpoints.ts';
import { normalizeApplication } from './normalize.ts';
import { advance, readPosition } from './paging.ts';

/** New applications come last, so that they move no page that is still to come. */
const OLDEST_FIRST: readonly Sort[] = [
  { field: 'createdAt', direction: 'ASC' },
  { field: 'id', direction: 'ASC' },
];
/** One account has a handful of applications: beyond this the filter is not applied. */
const MOST_PAGES_OF_USER = 50;

/** The page of the whole list at `position`. @throws SourceError */
export function fetchPage(
  upstream: Upstream,
  position: ScanPosition | null,
  options: ReadOptions,
): Promise<ScanPage> {
  return fetchAt(upstream, {}, position, options);
}

/** One page of the applications with one of the documented statuses; none for any other word. @throws SourceError */
export async function fetchPageWithStatus(
  upstream: Upstream,
  word: string,
  position: ScanPosition | null,
  options: ReadOptions,
): Promise<ScanPage> {
  const status = applicationStatuses.find((documented) => documented === word);
  if (status === undefined) return NOTHING;
  return fetchAt(upstream, { status }, position, options);
}

const NOTHING: ScanPage = { records: [], unidentified: 0, incomplete: null, next: null, totalAtSource: null };

/** All applications that were created for one account, each once. @throws SourceError */
export async function fetchByUser(
  upstream: Upstream,
  accountId: string,
  options: ReadOptions,
): Promise<SourceRead> {
  const records = new Map<string, FetchedRecord>();
  let unidentified = 0;
  let position: ScanPosition | null = null;
  for (let turn = 0; turn < MOST_PAGES_OF_USER; turn += 1) {
    const page: ScanPage | null = await orNullOn404(fetchAt(upstream, { accountId }, position, options));
    for (const record of page?.records ?? []) records.set(record.verification.externalId, record);
    unidentified += page?.unidentified ?? 0;
    position = page?.next ?? null;
    if (position === null) {
      const missing = (page?.totalAtSource ?? 0) > records.size + unidentified;
      const failure = missing ? incomplete('Fewer rows came than the source counts.') : null;
      return toRead(records, accountId, unidentified, page?.incomplete ?? failure);
    }
  }
  return toRead(records, accountId, unidentified, incomplete('The list of one account did not end.'));
}

async function fetchAt(
  upstream: Upstream,
  filter: ListApplications,
  position: ScanPosition | null,
  options: ReadOptions,
): Promise<ScanPage> {
  const at = readPosition(position);
  const query = { ...filter, sort: OLDEST_FIRST, page: at.page, size: at.size };
  const { content, totalElements, totalPages, hasNext } = await fetchApplications(upstream, query, options);
  const records = content.map(normalizeApplication).filter((record) => record !== null);
  const firstId = records[0]?.verification.externalId ?? null;
  const step = advance(at, { firstId, rowCount: content.length, totalPages, totalElements, hasNext });
  return { records, unidentified: content.length - records.length, ...step, totalAtSource: totalElements };
}

/** Applications that name another account are left out: a source that does not apply the filter sends them. */
function toRead(
  records: ReadonlyMap<string, FetchedRecord>,
  accountId: string,
  unidentified: number,
  failure: SourceFailure | null,
): SourceRead {
  const own = [...records.values()].filter(
    ({ verification }) => verification.externalUserId === null || verification.externalUserId === accountId,
  );
  return { records: own, unidentified, incomplete: failure };
}

async function orNullOn404<Value>(answer: Promise<Value>): Promise<Value | null> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof SourceError && error.httpStatus === 404) return null;
    throw error;
  }
}
