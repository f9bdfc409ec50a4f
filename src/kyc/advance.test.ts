import { describe, expect, it } from 'vitest';

import { effectOf, type HeldState, occurredAt, saysTheSame, statusSince } from './advance.ts';
import type { Instant } from './instant.ts';
import { type KycStatus, kycStatuses } from './status.ts';
import { may } from './testing/contributions.ts';
import { knownRecord } from './testing/known.ts';
import type { Verification } from './verification.ts';
import { supersedes, type Versioning } from './version.ts';

function held(sketch: Partial<HeldState> = {}): HeldState {
  return {
    status: 'PENDING',
    reason: 'SUBMITTED',
    sourceStatus: 'pending',
    outcome: null,
    updatedAt: may(10),
    readStartedAt: may(20),
    statusSince: may(10),
    deleted: false,
    ...sketch,
  };
}

type Sketch = Partial<
  Pick<Verification, 'status' | 'reason' | 'sourceStatus' | 'outcome' | 'updatedAt' | 'decidedAt'>
>;

/** The same words as `held`, unless told otherwise. */
function read(sketch: Sketch, readStartedAt: Instant) {
  const { details, externalId, source } = knownRecord('x');
  const verification: Verification = {
    kind: 'KYC_RECORD',
    source,
    externalId,
    externalUserId: 'u1',
    status: 'PENDING',
    reason: 'SUBMITTED',
    sourceStatus: 'pending',
    outcome: null,
    canRetry: null,
    createdAt: may(1),
    updatedAt: may(10),
    decidedAt: null,
    documentExpiresOn: null,
    faults: [],
    details,
    personal: { person: null, documents: [], declineReason: null, rejectionMessage: null },
    ...sketch,
  };
  return { verification, readStartedAt };
}

const approved = { status: 'APPROVED', reason: 'PASSED', sourceStatus: 'approved' } as const;

describe('supersedes', () => {
  it.each([
    ['updatedAt', 'a later update, read earlier', may(11), may(19), true],
    ['updatedAt', 'an earlier update, read later', may(9), may(21), false],
    ['updatedAt', 'the same update, read later', may(10), may(21), true],
    ['updatedAt', 'the same update, read earlier', may(10), may(19), false],
    ['updatedAt', 'the same update in the same read', may(10), may(20), true],
    ['updatedAt', 'a nanosecond later', '2026-05-10T00:00:00.000000001Z', may(1), true],
    ['updatedAt', 'no update time, read later', null, may(21), true],
    ['updatedAt', 'no update time, read earlier', null, may(19), false],
    ['read', 'an earlier update, read later', may(9), may(21), true],
    ['read', 'a later update, read earlier', may(11), may(19), false],
    ['read', 'no update time, read later', null, may(21), true],
  ] as const)('by %s: %s', (versioning, _what, updatedAt, readStartedAt, wins) => {
    const candidate = { updatedAt: updatedAt as Instant | null, readStartedAt };
    expect(supersedes(versioning, candidate, { updatedAt: may(10), readStartedAt: may(20) })).toBe(wins);
  });

  it('goes by the read where the copy has no update time', () => {
    const copy = { updatedAt: null, readStartedAt: may(20) };
    expect(supersedes('updatedAt', { updatedAt: may(1), readStartedAt: may(21) }, copy)).toBe(true);
    expect(supersedes('updatedAt', { updatedAt: may(30), readStartedAt: may(19) }, copy)).toBe(false);
  });
});

describe('effectOf', () => {
  it.each([
    ['updatedAt', 'first sight', null, read({}, may(1)), 'CREATED'],
    [
      'updatedAt',
      'a newer one with other words',
      held(),
      read({ ...approved, updatedAt: may(11) }, may(19)),
      'CHANGED',
    ],
    [
      'updatedAt',
      'a newer one with the same words',
      held(),
      read({ updatedAt: may(11) }, may(21)),
      'CONFIRMED',
    ],
    ['updatedAt', 'the same once more', held(), read({}, may(20)), 'CONFIRMED'],
    ['updatedAt', 'an equal time with other words, read later', held(), read(approved, may(21)), 'CHANGED'],
    ['updatedAt', 'an equal time with other words, read earlier', held(), read(approved, may(19)), 'LATE'],
    [
      'updatedAt',
      'an older one read later',
      held(),
      read({ ...approved, updatedAt: may(9) }, may(21)),
      'LATE',
    ],
    ['updatedAt', 'an older one with the same words', held(), read({ updatedAt: may(9) }, may(21)), 'LATE'],
    ['updatedAt', 'an approval taken back', held(approved), read({ updatedAt: may(11) }, may(21)), 'CHANGED'],
    ['read', 'other words, read later', held(), read({ ...approved, updatedAt: null }, may(21)), 'CHANGED'],
    ['read', 'other words, read earlier', held(), read({ ...approved, updatedAt: may(30) }, may(19)), 'LATE'],
    ['read', 'the same words, read later', held(), read({}, may(21)), 'CONFIRMED'],
    ['read', 'the same words, read earlier', held(), read({}, may(19)), 'LATE'],
  ] as const)('by %s: %s', (versioning, _what, copy, seen, effect) => {
    expect(effectOf(versioning, copy, seen)).toBe(effect);
  });

  it.each(['updatedAt', 'read'] as const)(
    'brings a tombstone to life by a read that started after it, by %s',
    (versioning: Versioning) => {
      const tombstone = held({ status: 'CANCELLED', reason: 'DELETED_UPSTREAM', deleted: true });
      expect(effectOf(versioning, tombstone, read({ updatedAt: may(9) }, may(21)))).toBe('CHANGED');
      expect(effectOf(versioning, tombstone, read({ updatedAt: may(30) }, may(20)))).toBe('LATE');
      expect(effectOf(versioning, tombstone, read({ updatedAt: may(30) }, may(19)))).toBe('LATE');
    },
  );

  it.each([
    ['status', { status: 'ERROR' }],
    ['reason', { reason: 'PROCESSING' }],
    ['source status', { sourceStatus: 'Pending' }],
    ['outcome', { outcome: '' }],
  ] as const)('sees a change of the %s alone', (_what, sketch) => {
    expect(saysTheSame(held(), { ...held(), ...sketch })).toBe(false);
    expect(effectOf('read', held(), read(sketch, may(21)))).toBe('CHANGED');
  });
});

describe('the time of a status', () => {
  const decided: readonly KycStatus[] = ['APPROVED', 'REJECTED', 'EXPIRED'];

  it.each(kycStatuses.filter((status) => status !== 'CANCELLED'))(
    'is that of the decision where there is one: %s',
    (status) => {
      const at = decided.includes(status) ? may(5) : may(9);
      expect(occurredAt({ status, decidedAt: may(5), updatedAt: may(9) })).toBe(at);
      expect(occurredAt({ status, decidedAt: null, updatedAt: may(9) })).toBe(may(9));
      expect(occurredAt({ status, decidedAt: null, updatedAt: null })).toBeNull();
    },
  );

  it('is unknown for a deletion, whatever the record was', () => {
    expect(occurredAt({ status: 'CANCELLED', decidedAt: may(5), updatedAt: may(9) })).toBeNull();
  });

  it.each([
    ['on first sight by the source’s clock', null, { updatedAt: may(12) }, may(12)],
    ['on first sight when it was learnt', null, { updatedAt: null }, may(25)],
    ['as before while it stands', held(), { updatedAt: may(12) }, may(10)],
    ['as before though the source spells it otherwise', held(), { sourceStatus: 'Applied' }, may(10)],
    ['by the decision', held(), { ...approved, updatedAt: may(12), decidedAt: may(11) }, may(11)],
    ['by the update where the decision has no time', held(), { ...approved, updatedAt: may(12) }, may(12)],
    ['when it was learnt where the source gives no time', held(), { ...approved, updatedAt: null }, may(25)],
    ['anew with another reason', held(), { reason: 'PROCESSING', updatedAt: may(12) }, may(12)],
  ] as const)('stands %s', (_what, copy, sketch, since) => {
    expect(statusSince(copy, read(sketch, may(21)).verification, may(25))).toBe(since);
  });
});
