import type { ReadOptions } from '#sources/source';
import type { Upstream } from '#upstream/request';

import { type WireKycList, wireKycBody, wireKycList } from './wire.ts';

/** Query of the list. Whatever is left out is not sent. */
export interface ListKycRecords {
  /** Rows at most; Fin X gives ten when it is left out. */
  readonly limit?: number;
  readonly customerId?: string;
  /** One of Fin X's own words, e.g. `pending`. */
  readonly verificationStatus?: string;
  /** The id of the last row of the page before. Named by the vendor's pagination page, not by the KYC document. */
  readonly startingAfter?: string | null;
  /** The id of the first row of the page behind. As `startingAfter`. */
  readonly endingBefore?: string | null;
}

/** GET /v1/kyc: one page. @throws SourceError */
export function fetchKycList(
  upstream: Upstream,
  query: ListKycRecords,
  { pace, signal }: ReadOptions,
): Promise<WireKycList> {
  return upstream.request({
    method: 'GET',
    path: 'v1/kyc',
    query: {
      limit: query.limit,
      customer_id: query.customerId,
      verification_status: query.verificationStatus,
      starting_after: query.startingAfter,
      ending_before: query.endingBefore,
    },
    schema: wireKycList,
    pace,
    signal,
  });
}

/** GET /v1/kyc/{id}: one record as sent. @throws SourceError, with httpStatus 404 where there is none. */
export function fetchKycBody(upstream: Upstream, id: string, { pace, signal }: ReadOptions): Promise<object> {
  return upstream.request({
    method: 'GET',
    path: `v1/kyc/${encodeURIComponent(id)}`,
    schema: wireKycBody,
    pace,
    signal,
  });
}
