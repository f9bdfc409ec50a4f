import type { FetchedRecord } from '#kyc/fetched-record';
import { incomplete } from '#kyc/source-report';
import type { ReadOptions, ScanPage, ScanPosition, SourceRead } from '#sources/source';
import type { Upstream } from '#upstream/request';
import { SourceError } from '#upstream/source-error';

import { fetchKycBody, fetchKycList, type ListKycRecords } from './endpoints.ts';
import { normalizeKycRecord } from './normalize.ts';
import { advance, advanceRefused, readPosition, type Step } from './paging.ts';

/** What a source answers to a parameter that it does not know or a value that it does not want. */
const REFUSALS: ReadonlySet<number | null> = new Set([400, 404, 422]);
/** One customer has a handful of records: beyond this the filter is not applied. */
const MOST_PAGES_OF_USER = 50;

/** The page of the whole list at `position`. @throws SourceError */
export function fetchPage(
  upstream: Upstream,
  position: ScanPosition | null,
  options: ReadOptions,
): Promise<ScanPage> {
  return fetchAt(upstream, {}, position, options);
}

/** One page of the records with one of Fin X's own words. @throws SourceError */
export function fetchPageWithStatus(
  upstream: Upstream,
  verificationStatus: string,
  position: ScanPosition | null,
  options: ReadOptions,
): Promise<ScanPage> {
  return fetchAt(upstream, { verificationStatus }, position, options);
}

/** All records of one customer, each once. @throws SourceError */
export async function fetchByUser(
  upstream: Upstream,
  customerId: string,
  options: ReadOptions,
): Promise<SourceRead> {
  const records = new Map<string, FetchedRecord>();
  let unidentified = 0;
  let position: ScanPosition | null = null;
  for (let page = 0; page < MOST_PAGES_OF_USER; page += 1) {
    const read: ScanPage | null = await orNullOn404(fetchAt(upstream, { customerId }, position, options));
    for (const record of read?.records ?? []) {
      if (isOfUser(record, customerId)) records.set(record.verification.externalId, record);
    }
    unidentified = Math.max(unidentified, read?.unidentified ?? 0);
    position = read?.next ?? null;
    if (position === null) {
      return { records: [...records.values()], unidentified, incomplete: read?.incomplete ?? null };
    }
  }
  const message = 'The list of one customer did not end.';
  return { records: [...records.values()], unidentified, incomplete: incomplete(message) };
}

/** One record; null where there is none. @throws SourceError */
export async function fetchById(
  upstream: Upstream,
  id: string,
  options: ReadOptions,
): Promise<SourceRead | null> {
  if (!canBeSegment(id)) return null;
  const body = await orNullOn404(fetchKycBody(upstream, id, options));
  if (body === null) return null;
  const record = normalizeKycRecord(body);
  if (record === null) return { records: [], unidentified: 1, incomplete: null };
  if (record.verification.externalId !== id) {
    throw new SourceError('SOURCE_BAD_PAYLOAD', 'Fin X answered with another record.', { httpStatus: 200 });
  }
  return { records: [record], unidentified: 0, incomplete: null };
}

async function fetchAt(
  upstream: Upstream,
  filter: ListKycRecords,
  position: ScanPosition | null,
  options: ReadOptions,
): Promise<ScanPage> {
  const at = readPosition(position);
  const query = { ...filter, limit: at.limit, startingAfter: at.after };
  const list = await orNullWhen(at.pages > 0, REFUSALS, fetchKycList(upstream, query, options));
  if (list === null) return toPage([], 0, advanceRefused(at));
  const records = list.data.map(normalizeKycRecord).filter((record) => record !== null);
  const ids = records.map((record) => record.verification.externalId);
  const step = advance(at, { ids, rowCount: list.data.length, hasMore: list.has_more });
  return toPage(records, list.data.length - records.length, step);
}

function toPage(records: readonly FetchedRecord[], unidentified: number, step: Step): ScanPage {
  return { records, unidentified, ...step, totalAtSource: null };
}

/** Rows that name another customer are left out: a source that does not apply the filter sends them. */
function isOfUser({ verification }: FetchedRecord, customerId: string): boolean {
  return verification.externalUserId === null || verification.externalUserId === customerId;
}

function orNullOn404<Value>(answer: Promise<Value>): Promise<Value | null> {
  return orNullWhen(true, new Set([404]), answer);
}

async function orNullWhen<Value>(
  allowed: boolean,
  statuses: ReadonlySet<number | null>,
  answer: Promise<Value>,
): Promise<Value | null> {
  try {
    return await answer;
  } catch (error) {
    if (allowed && error instanceof SourceError && statuses.has(error.httpStatus)) return null;
    throw error;
  }
}

/** `.` and `..` would be folded away by URL parsing and name another path. */
function canBeSegment(id: string): boolean {
  return id !== '' && id !== '.' && id !== '..';
}
