import fc from 'fast-check';

import { checkTypes } from '#kyc/check';
import type { Instant } from '#kyc/instant';
import type { PageRequest, Position } from '#kyc/page';
import type { Sight } from '#kyc/sight';
import { kycStatuses, kycStatusReasons } from '#kyc/status';
import { verificationKinds } from '#kyc/verification-core';
import {
  type InstantRange,
  type VerificationFilter,
  type VerificationOrder,
  verificationTimes,
} from '#kyc/verification-filter';

import { businessAccounts, instants, labels, people, sources, words } from './random-records.ts';

const someOf = <Value>(values: readonly Value[]) => fc.subarray([...values]);
const strange = ['\u0000', '\uD800', `${'x'.repeat(5000)}`, "'; drop table users; --"];

const range: fc.Arbitrary<InstantRange> = fc.record({
  from: fc.option(fc.constantFrom<Instant>(...instants)),
  before: fc.option(fc.constantFrom<Instant>(...instants)),
});

/** Filters of all fields, a few of them given at a time. */
export function anyFilter(userIds: readonly string[]): fc.Arbitrary<VerificationFilter> {
  const fields = {
    sources: someOf(sources),
    kinds: someOf(verificationKinds),
    statuses: someOf(kycStatuses),
    statusReasons: someOf(kycStatusReasons),
    sourceStatuses: someOf([...words, 'IN_REVIEW', 'approved', ...strange]),
    outcomes: someOf([...words, 'IN_REVIEW', 'approved', ...strange]),
    userId: fc.constantFrom(...userIds, 'nobody', ...strange),
    externalIds: someOf(['b0-1', 'b1-2', 'b2-3', 'b3-3', ...strange]),
    externalUserIds: someOf([...people, ...strange]),
    profileIds: someOf([...labels, ...strange]),
    accountTypes: someOf(labels),
    checkTypes: someOf(checkTypes),
    hasFaults: fc.boolean(),
    times: fc
      .array(fc.tuple(fc.constantFrom(...verificationTimes), fc.array(range, { maxLength: 2 })), {
        maxLength: 2,
      })
      .map((entries): NonNullable<VerificationFilter['times']> => Object.fromEntries(entries)),
  };
  const names = Object.keys(fields) as (keyof typeof fields)[];
  return fc
    .tuple(fc.record(fields, { requiredKeys: [] }), fc.subarray(names, { maxLength: 4 }))
    .map(([all, kept]) => {
      const filter = { ...all };
      for (const name of names) if (!kept.includes(name)) delete filter[name];
      return filter;
    });
}

export const anyOrder: fc.Arbitrary<VerificationOrder> = fc.record({
  by: fc.constantFrom(...verificationTimes),
  direction: fc.constantFrom('ASC', 'DESC'),
});

/** The only one to whom `fill` grants users. */
export const PARTNER = 'partner';

/** Everything, or a union of a few parts, each of which is often missing. */
export function anySight(userIds: readonly string[]): fc.Arbitrary<Sight> {
  const seldom = <Value>(values: readonly Value[]) =>
    fc.oneof({ weight: 2, arbitrary: fc.constant([]) }, someOf(values));
  const limited = fc.record({
    users: seldom([...userIds, 'nobody', ...strange]),
    partner: fc.oneof({ weight: 2, arbitrary: fc.constant(null) }, fc.constantFrom(PARTNER, 'another')),
    sources: seldom(sources),
    businessAccounts: seldom([...businessAccounts, ...strange]),
  });
  return fc.oneof({ weight: 2, arbitrary: fc.constant('ALL' as const) }, { weight: 5, arbitrary: limited });
}

/** Pages from rows of the list, and from places where no row stands (any more). */
export function anyPage(rows: readonly Position[]): fc.Arbitrary<PageRequest> {
  const gone = fc.record({
    value: fc.option(fc.constantFrom<string>(...instants)),
    id: fc.constantFrom('', 'A', 'Q2hlY2s6', 'zzzz'),
  });
  const place = fc.option(rows.length === 0 ? gone : fc.oneof(fc.constantFrom(...rows), gone), { freq: 3 });
  return fc.record({
    take: fc.oneof(fc.integer({ min: 0, max: 12 }), fc.constant(200)),
    direction: fc.constantFrom('FORWARD', 'BACKWARD'),
    after: place,
    before: place,
  });
}
