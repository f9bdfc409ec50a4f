import { describe, expect, it } from 'vitest';

import { foldWord, isFinal, isUndecided, kycStatuses, type StatusMapping } from './status.ts';
import { statusTable } from './status-table.ts';

describe('foldWord', () => {
  it.each([
    ['In Review', 'in_review'],
    ['IN-REVIEW', 'in_review'],
    ['in_review', 'in_review'],
    ['in.review', 'in_review'],
    ['in‐review', 'in_review'],
    ['in‑review', 'in_review'],
    ['in\u00a0review', 'in_review'],
    ['in \t_ review', 'in_review'],
    ['  approved\r\n', 'approved'],
    ['\ufeffapproved', 'approved'],
    ['ＡＰＰＲＯＶＥＤ', 'approved'],
    ['veriﬁed', 'verified'],
    ['Straße', 'strasse'],
    ['STRASSE', 'strasse'],
    ['ΟΔΟΣ', 'οδοσ'],
    ['οδος', 'οδοσ'],
    ['e\u0301tat', 'état'],
    ['', ''],
    [' \t', ''],
  ])('reads %j as %j', (word, folded) => {
    expect(foldWord(word)).toBe(folded);
  });

  it.each([
    ['verıfıed', 'verified', 'a dotless i is a letter of its own'],
    ['VERİFİED', 'verified', 'a dotted capital keeps its dot'],
    ['unverified', 'verified', 'a part is not the whole'],
    ['аpproved', 'approved', 'a Cyrillic letter is not the Latin one'],
    ['approved\u200b', 'approved', 'a hidden character is a character'],
    ['approved\u0000', 'approved', 'a NUL is a character'],
    ['inreview', 'in_review', 'a separator is not nothing'],
    ['approved.', 'approved', 'only white space is trimmed'],
  ])('keeps %j apart from %j: %s', (word, other) => {
    expect(foldWord(word)).not.toBe(foldWord(other));
  });

  it.each(['PENDING_REVIEW', 'Straße ΟΔΟΣ', 'VERİFİED', 'ǰ.ΐ-ŉ', '\ud800', 'A  B'])(
    'folds %j once and for all',
    (word) => {
      expect(foldWord(foldWord(word))).toBe(foldWord(word));
    },
  );
});

describe('statusTable', () => {
  const row = (
    sourceStatus: string,
    outcome: string | null,
    status: StatusMapping['status'],
    reason: StatusMapping['reason'],
  ): StatusMapping => ({ sourceStatus, outcome, status, reason });
  const read = statusTable([
    row('NEW', null, 'PENDING', 'CREATED'),
    row('PENDING_REVIEW', null, 'IN_REVIEW', 'MANUAL_REVIEW'),
    row('verified', null, 'APPROVED', 'PASSED'),
    row('COMPLETED', '*', 'UNKNOWN', 'OUTCOME_UNRECOGNISED'),
    row('COMPLETED', 'approved', 'APPROVED', 'PASSED'),
    row('COMPLETED', 'manual review', 'IN_REVIEW', 'MANUAL_REVIEW'),
    row('COMPLETED', '', 'UNKNOWN', 'OUTCOME_MISSING'),
    row('CLOSED', 'approved', 'APPROVED', 'PASSED'),
  ]);

  it.each([
    ['NEW', null, 'PENDING', 'CREATED'],
    ['new', 'Approved', 'PENDING', 'CREATED'],
    [' Pending-Review ', 'nonsense', 'IN_REVIEW', 'MANUAL_REVIEW'],
    ['COMPLETED', 'Approved', 'APPROVED', 'PASSED'],
    ['Completed', 'APPROVED ', 'APPROVED', 'PASSED'],
    ['COMPLETED', 'Manual-Review', 'IN_REVIEW', 'MANUAL_REVIEW'],
    ['COMPLETED', null, 'UNKNOWN', 'OUTCOME_MISSING'],
    ['COMPLETED', '', 'UNKNOWN', 'OUTCOME_MISSING'],
    ['COMPLETED', '  ', 'UNKNOWN', 'OUTCOME_MISSING'],
    ['COMPLETED', 'disapproved', 'UNKNOWN', 'OUTCOME_UNRECOGNISED'],
    ['COMPLETED', '*', 'UNKNOWN', 'OUTCOME_UNRECOGNISED'],
    ['COMPLETED', '__proto__', 'UNKNOWN', 'OUTCOME_UNRECOGNISED'],
    ['CLOSED', 'denied', 'UNKNOWN', 'STATUS_UNRECOGNISED'],
    ['unverified', null, 'UNKNOWN', 'STATUS_UNRECOGNISED'],
    ['verified_by_nobody', null, 'UNKNOWN', 'STATUS_UNRECOGNISED'],
    ['constructor', null, 'UNKNOWN', 'STATUS_UNRECOGNISED'],
    ['__proto__', 'approved', 'UNKNOWN', 'STATUS_UNRECOGNISED'],
    ['toString', 'valueOf', 'UNKNOWN', 'STATUS_UNRECOGNISED'],
    [null, 'Approved', 'UNKNOWN', 'STATUS_MISSING'],
    ['', null, 'UNKNOWN', 'STATUS_MISSING'],
    ['   ', null, 'UNKNOWN', 'STATUS_MISSING'],
  ] as const)('reads %j with outcome %j as %s, %s', (word, outcome, status, reason) => {
    expect(read(word, outcome)).toStrictEqual({ status, reason });
  });

  it('reads a word whose outcome was not given at all', () => {
    expect(read('COMPLETED')).toStrictEqual({ status: 'UNKNOWN', reason: 'OUTCOME_MISSING' });
  });

  it('knows nothing without rows', () => {
    expect(statusTable([])('approved')).toStrictEqual({ status: 'UNKNOWN', reason: 'STATUS_UNRECOGNISED' });
  });
});

describe('what a status says of its decision', () => {
  it('calls four of them final', () => {
    expect(kycStatuses.filter(isFinal)).toStrictEqual(['APPROVED', 'REJECTED', 'EXPIRED', 'CANCELLED']);
  });

  it('does not call a word that it cannot read undecided', () => {
    expect(kycStatuses.filter(isUndecided)).toStrictEqual([
      'NOT_STARTED',
      'PENDING',
      'ACTION_REQUIRED',
      'IN_REVIEW',
      'ERROR',
    ]);
  });
});
