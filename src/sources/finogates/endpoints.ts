import type { ReadOptions } from '#sources/source';
import type { Upstream } from '#upstream/request';

import { type WireKycRecords, wireKycRecords } from './wire.ts';

/** Rows of a page at most. */
export const MAX_LIMIT = 200;

/** Query of the list. Whatever is left out is not sent. */
export interface ListKycRecords {
  /** One of Finogates' own words, e.g. `in_review`. */
  readonly statusFilter?: string | null;
  /** 1 to 200; Finogates gives 50 when it is left out. */
  readonly limit?: number;
  /** Rows to skip; 0 when it is left out. */
  readonly offset?: number;
}

/** GET /v1/platform/kyc-records: one page of the tenant's whole list. @throws SourceError */
export function fetchKycRecords(
  upstream: Upstream,
  query: ListKycRecords,
  { pace, signal }: ReadOptions,
): Promise<WireKycRecords> {
  return upstream.request({
    method: 'GET',
    path: 'v1/platform/kyc-records',
    query: { status_filter: query.statusFilter, limit: query.limit, offset: query.offset },
    schema: wireKycRecords,
    pace,
    signal,
  });
}
