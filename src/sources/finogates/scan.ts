import { incomplete } from '#kyc/source-report';
import type { ReadOptions, ScanPage, ScanPosition } from '#sources/source';
import type { Upstream } from '#upstream/request';

import { fetchKycRecords, type ListKycRecords, MAX_LIMIT } from './endpoints.ts';
import { normalizeKycRecord } from './normalize.ts';
import { readPosition } from './position.ts';
import { stepFrom } from './step.ts';

/**
 * One page of the whole list. The list has offsets alone and no promised order, and rows shift while it is read: so
 * pages overlap, and each is checked to begin with rows that the page before ended with (step.ts). A row that comes
 * twice is the store's to recognise; it also counts what it saw against `totalAtSource`. @throws SourceError
 */
export function fetchPage(
  upstream: Upstream,
  position: ScanPosition | null,
  options: ReadOptions,
): Promise<ScanPage> {
  return fetchAt(upstream, {}, position, options);
}

/** One page of the records with one of Finogates' own words, read as the whole list is. @throws SourceError */
export function fetchPageWithStatus(
  upstream: Upstream,
  statusFilter: string,
  position: ScanPosition | null,
  options: ReadOptions,
): Promise<ScanPage> {
  return fetchAt(upstream, { statusFilter }, position, options);
}

async function fetchAt(
  upstream: Upstream,
  filter: Pick<ListKycRecords, 'statusFilter'>,
  position: ScanPosition | null,
  options: ReadOptions,
): Promise<ScanPage> {
  const stand = readPosition(position);
  const query = { ...filter, limit: MAX_LIMIT, offset: stand.offset };
  const body = await fetchKycRecords(upstream, query, options);
  const rows = body.data.map(normalizeKycRecord);
  // Fewer rows than stand on this very page: no count to go by.
  const rowCount = body.row_count !== null && body.row_count >= rows.length ? body.row_count : null;
  const ids = rows.map((row) => row?.verification.externalId ?? null);
  const step = stepFrom(stand, { ids, rowCount });
  return {
    records: rows.filter((row) => row !== null),
    unidentified: rows.slice(step.firstNew).filter((row) => row === null).length,
    incomplete: step.incomplete ? SHIFTING : null,
    next: step.next,
    totalAtSource: step.rowCount,
  };
}

const SHIFTING = incomplete('The list shifted too much while it was read: rows may be missing.');
