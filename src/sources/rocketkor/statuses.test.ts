import { describe, expect, it } from 'vitest';

import { normalizeApplication } from './normalize.ts';
import { statusMap } from './statuses.ts';

function normalized(fields: Readonly<Record<string, unknown>>) {
  const record = normalizeApplication({ id: 'one', ...fields });
  if (record?.verification.kind !== 'IDV_APPLICATION') throw new Error('The row could not be identified.');
  return record.verification;
}

const READINGS: readonly (readonly [string | null, string | null, string, string])[] = [
  ['NEW', null, 'PENDING', 'CREATED'],
  ['PENDING', null, 'PENDING', 'SUBMITTED'],
  ['PROCESSING', null, 'PENDING', 'PROCESSING'],
  ['PENDING_REVIEW', null, 'IN_REVIEW', 'MANUAL_REVIEW'],
  ['PENDING_DOCUMENTS', null, 'ACTION_REQUIRED', 'DOCUMENTS_REQUIRED'],
  ['AWAITING_INFORMATION', null, 'ACTION_REQUIRED', 'INFORMATION_REQUIRED'],
  ['COMPLETED', 'Approved', 'APPROVED', 'PASSED'],
  ['COMPLETED', 'APPROVED', 'APPROVED', 'PASSED'],
  ['COMPLETED', 'denied', 'REJECTED', 'DECLINED'],
  ['COMPLETED', 'Declined', 'REJECTED', 'DECLINED'],
  ['COMPLETED', 'REJECTED', 'REJECTED', 'DECLINED'],
  ['COMPLETED', 'Manual Review', 'IN_REVIEW', 'MANUAL_REVIEW'],
  ['COMPLETED', 'MANUAL_REVIEW', 'IN_REVIEW', 'MANUAL_REVIEW'],
  ['COMPLETED', null, 'UNKNOWN', 'OUTCOME_MISSING'],
  ['COMPLETED', '', 'UNKNOWN', 'OUTCOME_MISSING'],
  ['COMPLETED', '  ', 'UNKNOWN', 'OUTCOME_MISSING'],
  ['COMPLETED', '*', 'UNKNOWN', 'OUTCOME_UNRECOGNISED'],
  ['COMPLETED', 'Escalated', 'UNKNOWN', 'OUTCOME_UNRECOGNISED'],
  ['COMPLETED', 'not approved', 'UNKNOWN', 'OUTCOME_UNRECOGNISED'],
  ['COMPLETED', 'constructor', 'UNKNOWN', 'OUTCOME_UNRECOGNISED'],
  ['COMPLETED', '__proto__', 'UNKNOWN', 'OUTCOME_UNRECOGNISED'],
  ['EXPIRED', null, 'EXPIRED', 'SESSION_EXPIRED'],
  ['ERROR', null, 'ERROR', 'SOURCE_ERROR'],
  ['pending review', null, 'IN_REVIEW', 'MANUAL_REVIEW'],
  ['NEW', 'Approved', 'PENDING', 'CREATED'],
  ['PENDING_REVIEW', 'Approved', 'IN_REVIEW', 'MANUAL_REVIEW'],
  ['EXPIRED', 'Approved', 'EXPIRED', 'SESSION_EXPIRED'],
  ['ERROR', 'Approved', 'ERROR', 'SOURCE_ERROR'],
  ['ON_HOLD', 'Approved', 'UNKNOWN', 'STATUS_UNRECOGNISED'],
  ['NOT_COMPLETED', 'Approved', 'UNKNOWN', 'STATUS_UNRECOGNISED'],
  ['constructor', 'Approved', 'UNKNOWN', 'STATUS_UNRECOGNISED'],
  ['__proto__', 'Approved', 'UNKNOWN', 'STATUS_UNRECOGNISED'],
  [null, 'Approved', 'UNKNOWN', 'STATUS_MISSING'],
  ['', 'Approved', 'UNKNOWN', 'STATUS_MISSING'],
];

describe('statuses', () => {
  it.each(READINGS)('reads %j with outcome %j as %s by %s', (word, outcome, status, reason) => {
    const read = normalized({ latestStatus: word, outcome });
    const words = { sourceStatus: word || null, outcome: outcome || null };
    expect(read).toMatchObject({ status, reason, ...words });
  });

  it.each(READINGS)(
    'reads an entity that says %j with outcome %j as %s by %s',
    (word, outcome, status, reason) => {
      const { details } = normalized({ latestStatus: 'NEW', entities: [{ status: word, outcome }] });
      expect(details.entities).toMatchObject([{ status, reason, sourceStatus: word || null }]);
    },
  );

  it.each(READINGS)('reads a history row that says %j with outcome %j as %s', (word, outcome, status) => {
    const entry = { status: word, outcome };
    const { personal } = normalized({ statusHistory: [entry], entities: [{ statusHistory: [entry] }] });
    const expected = [{ status, sourceStatus: word || null, outcome: outcome || null }];
    expect(personal.sourceHistory).toMatchObject(expected);
    expect(personal.entities[0]?.sourceHistory).toMatchObject(expected);
  });

  it('publishes the words of the document in its order', () => {
    const words = [...new Set(statusMap.map((row) => row.sourceStatus))];
    expect(words).toEqual([
      'NEW',
      'PENDING',
      'PROCESSING',
      'PENDING_REVIEW',
      'PENDING_DOCUMENTS',
      'AWAITING_INFORMATION',
      'COMPLETED',
      'EXPIRED',
      'ERROR',
    ]);
  });
});
