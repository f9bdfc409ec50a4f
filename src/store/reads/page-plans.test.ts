import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import type { Instant } from '#kyc/instant';
import { SEES_ALL, SEES_NOTHING } from '#kyc/sight';
import { sourceId } from '#kyc/source-id';
import { type VerificationFilter, verificationTimes } from '#kyc/verification-filter';
import type { VerificationTable } from '#store/tables';
import { explainedSqlite } from '#store/testing/explained-sqlite';

import { timeColumns } from './verification-where.ts';

const finx = sourceId('FINX');
const ID = 'Q2hlY2s6RklOWDox';

const { database, reads, plansOf } = explainedSqlite();

const places = [
  { after: null, before: null },
  { after: { value: '2026-01-01T00:00:00.000000000Z', id: ID }, before: null },
  { after: null, before: { value: '2026-01-01T00:00:00.000000000Z', id: ID } },
  {
    after: { value: '2026-01-02T00:00:00.000000000Z', id: ID },
    before: { value: '2026-01-03T00:00:00.000000000Z', id: ID },
  },
  { after: { value: null, id: ID }, before: null },
  { after: null, before: { value: null, id: ID } },
];

describe('pages of verifications on SQLite', () => {
  for (const by of verificationTimes) {
    for (const direction of ['ASC', 'DESC'] as const) {
      it(`seeks in an index, by ${by} ${direction}, both ways from any place`, async () => {
        const narrowings: VerificationFilter[] = [
          {},
          { checkTypes: ['KYC'], hasFaults: false },
          {
            times: {
              [by]: [
                {
                  from: '2020-01-01T00:00:00.000000000Z' as Instant,
                  before: '2027-01-01T00:00:00.000000000Z' as Instant,
                },
              ],
            },
          },
        ];
        // From an open end SQLite calls the same walk of the index a scan.
        const ranges = new RegExp(
          `(SEARCH|SCAN) verifications USING (COVERING )?INDEX verifications_${timeColumns[by]}_(asc|desc)`,
        );
        for (const filter of narrowings) {
          for (const place of places) {
            for (const way of ['FORWARD', 'BACKWARD'] as const) {
              const page = { take: 50, direction: way, ...place };
              const query = { filter, order: { by, direction }, page };
              for (const plan of await plansOf(() => reads().pageVerifications(query, SEES_ALL))) {
                expect(plan).not.toContain('TEMP B-TREE');
                expect(plan).toMatch(ranges);
              }
            }
          }
        }
      });
    }
  }

  it('starts from the records of the user where one is named, or sight is limited to some', async () => {
    const order = { by: 'createdAt', direction: 'DESC' } as const;
    const page = { take: 50, direction: 'FORWARD', after: null, before: null } as const;
    const ofUser = () => reads().pageVerifications({ filter: { userId: 'u' }, order, page }, SEES_ALL);
    const ofSight = () =>
      reads().pageVerifications({ filter: {}, order, page }, { ...SEES_NOTHING, users: ['u', 'v'] });
    for (const read of [ofUser, ofSight]) {
      const plan = (await plansOf(read)).at(-1) ?? '';
      expect(plan).toContain('SEARCH identities USING INDEX identities_user (user_id=?)');
      expect(plan).toMatch(/SEARCH verifications USING INDEX \w+ \((created_at=\? AND )?id=\?\)/);
    }
  });

  it('starts from the ids where external ids are named', async () => {
    const order = { by: 'lastChangedAt', direction: 'DESC' } as const;
    const page = { take: 50, direction: 'FORWARD', after: null, before: null } as const;
    for (const [field, index] of [
      ['externalIds', 'verifications_external_id (external_id=?)'],
      ['externalUserIds', 'verifications_external_user_id (external_user_id=?)'],
    ] as const) {
      const read = () => reads().pageVerifications({ filter: { [field]: ['x'] }, order, page }, SEES_ALL);
      expect((await plansOf(read)).at(-1)).toContain(`SEARCH verifications USING INDEX ${index}`);
    }
  });
});

describe('reads of users on SQLite', () => {
  it('seeks in an index for a page', async () => {
    for (const place of places.slice(0, 4)) {
      for (const direction of ['FORWARD', 'BACKWARD'] as const) {
        const query = { filter: {}, page: { take: 50, direction, ...place } };
        for (const plan of await plansOf(() => reads().pageUsers(query, SEES_ALL))) {
          expect(plan).not.toContain('TEMP B-TREE');
          expect(plan).toMatch(/(SEARCH|SCAN) users USING (COVERING )?INDEX users_created_at_desc/);
        }
      }
    }
  });

  it('starts from the hash of what is searched for', async () => {
    const page = { take: 50, direction: 'FORWARD', after: null, before: null } as const;
    for (const filter of [{ email: 'a@example.test' }, { documentNumber: 'x' }, { fullName: 'x' }]) {
      for (const read of [
        () => reads().pageUsers({ filter, page }, SEES_ALL),
        () => reads().countUsers(filter, SEES_ALL),
      ]) {
        for (const plan of await plansOf(read)) {
          expect(plan).toContain(
            'SEARCH personal_hashes USING INDEX personal_hashes_found (hash=? AND kind=?)',
          );
          expect(plan).not.toMatch(/SCAN (users|identities|personal_hashes)/);
          expect(plan).not.toContain('users_created_at_desc');
        }
      }
    }
  });

  it('reads by key, never by scan, in a fixed number of statements', async () => {
    const refs = Array.from({ length: 100 }, (_, at) => ({ source: finx, externalId: `x${at}` }));
    const ids = refs.map((ref) => ref.externalId);
    for (const [read, most] of [
      [() => reads().readUsers(ids, SEES_ALL), 3],
      [() => reads().readUsersByIdentity(refs, SEES_ALL), 4],
      [() => reads().readVerifications(ids, SEES_ALL), 1],
      [() => reads().readVerificationsOfUsers(ids, SEES_ALL), 3],
    ] as const) {
      const found = await plansOf(read);
      expect(found.length).toBeLessThanOrEqual(most);
      for (const plan of found) {
        expect(plan).not.toMatch(/SCAN (users|identities|verifications|subjects|user_aliases)/);
      }
    }
  });
});

describe('what is narrowed by source, kind or status on SQLite', () => {
  const order = { by: 'lastChangedAt', direction: 'DESC' } as const;
  const narrowings: readonly VerificationFilter[] = [
    { statuses: ['PENDING', 'IN_REVIEW'] },
    { kinds: ['CHECK'] },
    { sources: [finx] },
  ];

  beforeAll(async () => await database().write.insertInto('verifications').values(aRow).execute());
  afterAll(async () => await database().write.deleteFrom('verifications').execute());

  it('is read by the runs of an index, each in its order, and only what they give is sorted', async () => {
    for (const filter of narrowings) {
      for (const place of places.slice(0, 4)) {
        for (const direction of ['FORWARD', 'BACKWARD'] as const) {
          const query = { filter, order, page: { take: 50, direction, ...place } };
          const [standings, ...found] = await plansOf(() => reads().pageVerifications(query, SEES_ALL));
          expect(standings).toMatch(
            /SEARCH verifications USING COVERING INDEX \w+ \(source=\? AND kind=\? AND status=\?\)/,
          );
          expect(found.length).toBeGreaterThan(0);
          for (const plan of found) {
            expect(plan).toMatch(
              /SEARCH verifications USING COVERING INDEX verifications_standing \(source=\? AND kind=\? AND status=\?/,
            );
            expect(plan).not.toMatch(/SCAN verifications/);
          }
        }
      }
    }
  });

  it('is sorted in other orders while it is little', async () => {
    const page = { take: 50, direction: 'FORWARD', after: null, before: null } as const;
    const query = {
      filter: { statuses: ['PENDING'] as const },
      order: { by: 'createdAt', direction: 'ASC' } as const,
      page,
    };
    for (const plan of await plansOf(() => reads().pageVerifications(query, SEES_ALL)))
      expect(plan).not.toMatch(/SCAN verifications/);
  });

  it('is counted, and put in groups, by a covering index without sorting', async () => {
    const query = { filter: {}, groupBy: ['KIND', 'STATUS'] as const, timeZone: 'UTC' };
    // Who sees all is answered by the counts that are kept.
    const sight = { ...SEES_NOTHING, sources: [finx] };
    const counts = await plansOf(() => reads().countVerifications({ statuses: ['PENDING'] }, sight));
    expect(counts.at(-1)).toMatch(/SEARCH verifications USING COVERING INDEX/);
    const groups = await plansOf(() => reads().verificationStats(query, sight));
    expect(groups).toEqual([
      expect.stringMatching(/^SCAN verifications USING COVERING INDEX verifications_statistics/),
    ]);
    expect(groups.join()).not.toContain('TEMP B-TREE');
    const byDay = { ...query, groupBy: ['CREATED_DAY'] as const };
    const ofDays = await plansOf(() => reads().verificationStats(byDay, sight));
    expect(ofDays.at(-1)).toMatch(
      /SEARCH verifications USING COVERING INDEX verifications_statistics \(source=\? AND kind=\? AND status=\? AND created_at>\? AND created_at<\?\)/,
    );
    expect(ofDays.join()).not.toMatch(/SCAN verifications (?!USING COVERING INDEX verifications_created_at)/);
    const times = await plansOf(() => reads().decisionTimes(query, SEES_ALL));
    expect(times.join()).toContain('SCAN verifications USING COVERING INDEX verifications_statistics');
  });

  it('is counted by period for who sees all by seeks of the counts that are kept', async () => {
    const byDay = {
      filter: { kinds: ['CHECK'] as const },
      groupBy: ['CREATED_DAY'] as const,
      timeZone: 'UTC',
    };
    const plans = await plansOf(() => reads().verificationStats(byDay, SEES_ALL));
    expect(plans.at(-1)).toMatch(/SEARCH verifications USING INDEX \w*verification_counts\w* \(day=\?\)/);
  });

  it('has the words that no table knows, and the records with faults, in indexes of their own', async () => {
    const words = await plansOf(() => reads().unmappedStatuses(SEES_ALL));
    expect(words.join()).toMatch(/USING INDEX verifications_unmapped/);
    expect(words.join()).not.toContain('TEMP B-TREE');
    const page = { take: 50, direction: 'FORWARD', after: null, before: null } as const;
    const faulty = await plansOf(() =>
      reads().pageVerifications({ filter: { hasFaults: true }, order, page }, SEES_ALL),
    );
    expect(faulty.join()).toMatch(/USING INDEX verifications_faulty/);
  });
});

const TIME = '2026-01-02T00:00:00.000000000Z';
const aRow: VerificationTable = {
  id: ID,
  source: finx,
  kind: 'CHECK',
  external_id: '1',
  external_user_id: null,
  status: 'PENDING',
  status_reason: null,
  source_status: null,
  source_status_word: null,
  outcome: null,
  outcome_word: null,
  can_retry: null,
  created_at: null,
  updated_at: null,
  decided_at: null,
  decision_seconds: null,
  status_since: TIME,
  last_changed_at: TIME,
  observed_at: TIME,
  read_started_at: TIME,
  document_expires_on: null,
  check_type: 'KYC',
  profile_id: null,
  account_type: null,
  business_account_id: null,
  details: '{}',
  faults: '[]',
  fault_count: 0,
  personal: null,
  raw: null,
  content_hash: new Uint8Array(0),
  sequence: 1,
  deleted: 0,
  seen_generation: 0,
};
