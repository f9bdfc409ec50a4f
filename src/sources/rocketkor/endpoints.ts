import type { Day } from '#kyc/instant';
import type { ReadOptions } from '#sources/source';
import type { Upstream } from '#upstream/request';

import { type WireApplicationPage, wireApplicationPage } from './wire.ts';

export const applicationStatuses = [
  'NEW',
  'PENDING',
  'PROCESSING',
  'PENDING_REVIEW',
  'PENDING_DOCUMENTS',
  'AWAITING_INFORMATION',
  'COMPLETED',
  'EXPIRED',
  'ERROR',
] as const;
export type ApplicationStatus = (typeof applicationStatuses)[number];

export const accountTypes = ['BUSINESS_ACCOUNT', 'BUSINESS_CUSTOMER', 'INDIVIDUAL_CUSTOMER'] as const;
export type AccountType = (typeof accountTypes)[number];

export interface Sort {
  /** Any field of an application. */
  readonly field: string;
  readonly direction: 'ASC' | 'DESC';
}

/** Query of the list. Whatever is left out is not sent. */
export interface ListApplications {
  /** Created on or after this day in `timeZone`. */
  readonly createdDateFrom?: Day;
  /** Created on or before this day in `timeZone`. */
  readonly createdDateTo?: Day;
  /** Completed on or after this day in `timeZone`. */
  readonly completedDateFrom?: Day;
  /** Completed on or before this day in `timeZone`. */
  readonly completedDateTo?: Day;
  /** An IANA name, Z, UTC, GMT, or an offset such as +2, -05:30, UTC+1. RocketKOR takes UTC when it is left out. */
  readonly timeZone?: string;
  readonly status?: ApplicationStatus;
  readonly identityVerificationProfileId?: string;
  /** The account for which the application was created; accounts of entities alone are not found by it. */
  readonly accountId?: string;
  readonly outcome?: string;
  /** Any of them; sent as one list with commas. */
  readonly accountTypes?: readonly AccountType[];
  /** The first decides first. RocketKOR sorts by createdAt, newest first, when it is left out. */
  readonly sort?: readonly Sort[];
  /** From 0. */
  readonly page?: number;
  /** Rows of a page at most. */
  readonly size?: number;
}

/** GET /v1/identity-verifications: one page. @throws SourceError */
export function fetchApplications(
  upstream: Upstream,
  query: ListApplications,
  { pace, signal }: ReadOptions,
): Promise<WireApplicationPage> {
  return upstream.request({
    method: 'GET',
    path: 'v1/identity-verifications',
    query: {
      createdDateFrom: query.createdDateFrom,
      createdDateTo: query.createdDateTo,
      completedDateFrom: query.completedDateFrom,
      completedDateTo: query.completedDateTo,
      timeZone: query.timeZone,
      status: query.status,
      identityVerificationProfileId: query.identityVerificationProfileId,
      accountId: query.accountId,
      outcome: query.outcome,
      accountTypes: query.accountTypes?.join(','),
      sort: query.sort?.map(({ field, direction }) => `${field},${direction}`),
      page: query.page,
      size: query.size,
    },
    schema: wireApplicationPage,
    pace,
    signal,
  });
}
