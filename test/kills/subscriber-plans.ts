import type { StatusChange, UserKycChange } from '#kyc/change';

import type { SubscriberPlan } from './subscribers.ts';

type LogRow = StatusChange | UserKycChange;

/** A subscriber, and what of the log it is owed. */
export interface OwedPlan extends SubscriberPlan {
  readonly isOwed: (row: LogRow) => boolean;
}

const OF_RECORDS = 'verificationId sequence to';
const EVERYTHING = { includeLate: true, includeBackfill: true };

function ofRecords(fields = OF_RECORDS): string {
  return `subscription ($filter: StatusChangeFilter, $after: String) { changed: statusChanged(filter: $filter, after: $after) { ${fields} } }`;
}
const OF_ANSWERS =
  'subscription ($after: String) { changed: userKycChanged(after: $after) { userId sequence to } }';

function isOfRecord(row: LogRow): row is StatusChange {
  return 'verificationId' in row;
}

/** Hears every row about a record, and says what the states were. */
export const WHOLE: OwedPlan = {
  name: 'all by SSE',
  by: 'SSE',
  query: ofRecords('verificationId sequence source to sourceStatus outcome'),
  variables: { filter: EVERYTHING },
  isOwed: isOfRecord,
};

/** Others, with filters of their own. @param verificationIds of a few records */
export function others(verificationIds: readonly string[]): readonly OwedPlan[] {
  const few = new Set(verificationIds);
  return [
    {
      name: 'all by WebSocket',
      by: 'WEBSOCKET',
      query: ofRecords(),
      variables: { filter: EVERYTHING },
      isOwed: isOfRecord,
    },
    {
      name: 'decisions, going back now and then',
      by: 'SSE',
      goesBack: true,
      query: ofRecords(),
      variables: { filter: { to: ['APPROVED', 'REJECTED'], includeBackfill: true } },
      isOwed: (row) => isOfRecord(row) && row.effective && ['APPROVED', 'REJECTED'].includes(row.to),
    },
    {
      name: 'one source',
      by: 'SSE',
      query: ofRecords(),
      variables: { filter: { sources: ['ROCKETKOR'], includeBackfill: true } },
      isOwed: (row) => isOfRecord(row) && row.effective && row.source === 'ROCKETKOR',
    },
    {
      name: 'a few records',
      by: 'WEBSOCKET',
      query: ofRecords(),
      variables: { filter: { ...EVERYTHING, verificationIds } },
      isOwed: (row) => isOfRecord(row) && few.has(row.verificationId),
    },
    {
      name: 'answers',
      by: 'SSE',
      query: OF_ANSWERS,
      isOwed: (row) => !isOfRecord(row) && row.cause !== 'BACKFILL',
    },
  ];
}
