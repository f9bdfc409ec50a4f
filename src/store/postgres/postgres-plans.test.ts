import { CompiledQuery, Kysely, PostgresDialect } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import type { Instant } from '#kyc/instant';
import { SEES_ALL, SEES_NOTHING } from '#kyc/sight';
import { sourceId } from '#kyc/source-id';
import { type VerificationFilter, verificationTimes } from '#kyc/verification-filter';
import type { ChangeReads } from '#store/changes/changes';
import { createChangeReads } from '#store/changes/create-changes';
import type { Database } from '#store/database';
import { createReads } from '#store/reads/reads';
import { timeColumns } from '#store/reads/verification-where';
import { dueIdentities } from '#store/scans/due-identities';
import { createSealers } from '#store/sealing';
import type { Tables } from '#store/tables';
import { fillWithRows } from '#store/testing/fill-postgres';
import { createTestDatabase, postgresServer, type TestDatabase } from '#store/testing/postgres-databases';

import { openPostgres, READ } from './postgres.ts';
import { createPool } from './postgres-pool.ts';

const sealers = createSealers(new Uint8Array(32));
const alpha = sourceId('ALPHA');
const ID = 'id-30000';

let test: TestDatabase;
let database: Database;
let explained: Kysely<Tables>;
let reads: ReturnType<typeof createReads>;
let changes: Omit<ChangeReads, 'epoch'>;
let statements: CompiledQuery[] = [];

/** What of a plan is judged here. */
interface PlanNode {
  readonly 'Node Type': string;
  readonly 'Index Name'?: string;
  readonly 'Relation Name'?: string;
  readonly Plans?: readonly PlanNode[];
}

describe.skipIf(postgresServer === null)('on PostgreSQL, of a large table that was analysed', () => {
  beforeAll(async () => {
    test = await createTestDatabase();
    database = await openPostgres(test.url);
    await fillWithRows(test);
    explained = new Kysely<Tables>({
      dialect: new PostgresDialect({ pool: createPool(test.url, READ) }),
      log: ({ query: { sql: text, parameters } }) => {
        if (/^\s*(select|with)/.test(text)) statements.push(CompiledQuery.raw(text, [...parameters]));
      },
    });
    const onExplained = { ...database, read: explained, longRead: explained };
    reads = createReads(onExplained, sealers);
    changes = createChangeReads(onExplained);
  });
  afterAll(async () => {
    await explained.destroy();
    await database.close();
    await test.drop();
  });

  describe('pages of verifications', () => {
    for (const by of verificationTimes) {
      for (const direction of ['ASC', 'DESC'] as const) {
        it(`walk an index, by ${by} ${direction}, both ways from any place`, async () => {
          const index = new RegExp(`^verifications_${timeColumns[by]}_(asc|desc)$`);
          for (const filter of narrowingsBy(by)) {
            for (const page of pages) {
              const query = { filter, order: { by, direction }, page };
              for (const plan of await plansOf(() => reads.pageVerifications(query, SEES_ALL))) {
                expect(typesOf(plan).join()).not.toContain('Sort');
                expect(scansOf(plan, 'verifications')).toEqual([expect.stringMatching(index)]);
              }
            }
          }
        });
      }
    }

    it('start from the records of the user where one is named, or sight is limited to some', async () => {
      const page = { take: 50, direction: 'FORWARD', after: null, before: null } as const;
      const order = { by: 'createdAt', direction: 'DESC' } as const;
      const ofUser = () => reads.pageVerifications({ filter: { userId: 'user-7' }, order, page }, SEES_ALL);
      const ofSight = () =>
        reads.pageVerifications(
          { filter: {}, order, page },
          { ...SEES_NOTHING, users: ['user-7', 'user-9'] },
        );
      for (const read of [ofUser, ofSight]) {
        const plan = (await plansOf(read)).at(-1);
        expect(scansOf(plan, 'identities')).toContain('identities_user');
        expect(scansOf(plan, 'verifications')).toEqual(['verifications_pkey']);
      }
    });

    it('start from the ids where external ids are named', async () => {
      const page = { take: 50, direction: 'FORWARD', after: null, before: null } as const;
      const order = { by: 'lastChangedAt', direction: 'DESC' } as const;
      for (const [field, index] of [
        ['externalIds', 'verifications_external_id'],
        ['externalUserIds', 'verifications_external_user_id'],
      ] as const) {
        const read = () => reads.pageVerifications({ filter: { [field]: ['x-7'] }, order, page }, SEES_ALL);
        expect(scansOf((await plansOf(read)).at(-1), 'verifications')).toEqual([index]);
      }
    });
  });

  describe('what is narrowed by source, kind or status', () => {
    const order = { by: 'lastChangedAt', direction: 'DESC' } as const;
    const narrowings: readonly VerificationFilter[] = [
      { statuses: ['PENDING', 'IN_REVIEW'] },
      { kinds: ['CHECK'] },
      { sources: [alpha], statuses: ['PENDING'] },
    ];

    it('is read by the runs of an index, each in its order, and only what they give is sorted', async () => {
      for (const filter of narrowings) {
        for (const page of pages.slice(0, 8)) {
          const query = { filter, order, page };
          const plans = await plansOf(() => reads.pageVerifications(query, SEES_ALL));
          expect(plans.length).toBeGreaterThan(1);
          for (const plan of plans) expect(scansOf(plan, 'verifications')).not.toContain('Seq Scan');
          for (const plan of plans.slice(1))
            expect(scansOf(plan, 'verifications')).toContain('verifications_standing');
        }
      }
    });

    it('is counted by an index for who sees some sources, and by the counts that are kept for who sees all', async () => {
      const [kept] = await plansOf(() => reads.countVerifications({ statuses: ['PENDING'] }, SEES_ALL));
      expect(scansOf(kept, 'verification_counts')).toHaveLength(1);
      expect(scansOf(kept, 'verifications')).toEqual([]);
      const sight = { ...SEES_NOTHING, sources: [alpha] };
      const [, plan] = await plansOf(() => reads.countVerifications({ statuses: ['PENDING'] }, sight));
      expect(new Set(scansOf(plan, 'verifications'))).toEqual(
        new Set([expect.stringMatching(/^verifications_(standing|statistics)$/)]),
      );
    });
  });

  it('times of decisions by period are read from ranges of their index', async () => {
    const query = { filter: {}, groupBy: ['SOURCE', 'CREATED_WEEK'] as const, timeZone: 'Europe/Berlin' };
    const plan = (await plansOf(() => reads.decisionTimes(query, SEES_ALL))).at(-1);
    expect(new Set(scansOf(plan, 'verifications'))).toEqual(new Set(['verifications_statistics']));
    expect(typesOf(plan).join()).not.toContain('Merge Join');
  });

  it('words that no table knows, and records with faults, have indexes of their own', async () => {
    const [words] = await plansOf(() => reads.unmappedStatuses(SEES_ALL));
    expect(scansOf(words, 'verifications')).toEqual(['verifications_unmapped']);
    const order = { by: 'lastChangedAt', direction: 'DESC' } as const;
    const page = { take: 50, direction: 'FORWARD', after: null, before: null } as const;
    const query = { filter: { hasFaults: true }, order, page };
    for (const plan of await plansOf(() => reads.pageVerifications(query, SEES_ALL)))
      expect(scansOf(plan, 'verifications')).toEqual(['verifications_faulty']);
  });

  it('pages of users walk an index', async () => {
    for (const page of pages.slice(0, 8)) {
      const [plan, ...others] = await plansOf(() => reads.pageUsers({ filter: {}, page }, SEES_ALL));
      expect(scansOf(plan, 'users')).toEqual(['users_created_at_desc']);
      for (const each of [plan, ...others]) {
        expect(scansOf(each, 'users').concat(scansOf(each, 'identities'))).not.toContain('Seq Scan');
      }
    }
  });

  it('reads by key never scan a table', async () => {
    const refs = Array.from({ length: 100 }, (_, at) => ({ source: alpha, externalId: `x-${at}` }));
    const ids = Array.from({ length: 100 }, (_, at) => `id-${at}`);
    const users = Array.from({ length: 100 }, (_, at) => `user-${at}`);
    for (const read of [
      () => reads.readUsers(users, SEES_ALL),
      () => reads.readUsersByIdentity(refs, SEES_ALL),
      () => reads.readVerifications(ids, SEES_ALL),
      () => reads.readVerificationsOfUsers(users, SEES_ALL),
    ]) {
      const plans = await plansOf(read);
      expect(plans.length).toBeGreaterThan(0);
      // The table of aliases is empty: reading it whole is right.
      for (const plan of plans) {
        for (const table of ['users', 'identities', 'verifications', 'subjects', 'changes'])
          expect(scansOf(plan, table)).not.toContain('Seq Scan');
      }
    }
  });

  it('the log is read on by its positions, and of a user or a record from its own rows', async () => {
    const page = { take: 50, direction: 'FORWARD', after: 100, before: null } as const;
    const all = { includeLate: true, includeBackfill: true };
    const few = { ...SEES_NOTHING, users: ['user-7', 'user-9'] };
    for (const sight of [
      SEES_ALL,
      few,
      { ...SEES_NOTHING, partner: 'p' },
      { ...SEES_NOTHING, sources: [alpha] },
    ])
      for (const plan of await plansOf(() =>
        changes.readStatusChanges({ after: 30_000, limit: 100, filter: all }, sight),
      ))
        expect(scansOf(plan, 'changes')).not.toContain('Seq Scan');
    const timeline = () =>
      changes.pageStatusChanges({ filter: { ...all, userIds: ['user-7'] }, page }, SEES_ALL);
    const history = () =>
      changes.pageStatusChanges({ filter: { ...all, verificationIds: [ID] }, page }, SEES_ALL);
    const ofFew = () => changes.pageStatusChanges({ filter: {}, page }, few);
    for (const read of [timeline, history, ofFew]) {
      const sorted = (await plansOf(read)).filter((plan) => typesOf(plan).includes('Sort'));
      // The page, and whether anything stands before it.
      expect(sorted).toHaveLength(2);
      for (const plan of sorted)
        expect(new Set(scansOf(plan, 'changes'))).toEqual(new Set(['changes_subject']));
    }
    for (const plan of await plansOf(() => changes.pageStatusChanges({ filter: all, page }, SEES_ALL)))
      expect(scansOf(plan, 'changes')).not.toContain('Seq Scan');
  });

  it('identities to read again are a range of their index', async () => {
    const due = { openBefore: at(1), finalBefore: at(1), limit: 20 };
    for (const plan of await plansOf(() =>
      dueIdentities({ ...database, read: explained, longRead: explained }, alpha, due),
    )) {
      expect(scansOf(plan, 'identities')).toEqual(['identities_due']);
    }
  });
});

const at = (hour: number) => `2026-01-01T0${hour}:00:00.000000000Z` as Instant;

const places = [
  { after: null, before: null },
  { after: { value: at(3), id: ID }, before: null },
  { after: null, before: { value: at(3), id: ID } },
  { after: { value: at(3), id: ID }, before: { value: at(5), id: ID } },
  { after: { value: null, id: ID }, before: null },
  { after: null, before: { value: null, id: ID } },
];
const pages = places.flatMap((place) =>
  (['FORWARD', 'BACKWARD'] as const).map((direction) => ({ take: 50, direction, ...place })),
);

function narrowingsBy(by: (typeof verificationTimes)[number]): readonly VerificationFilter[] {
  const range = { from: '2020-01-01T00:00:00.000000000Z' as Instant, before: at(9) };
  return [{}, { checkTypes: ['KYC'], hasFaults: false }, { times: { [by]: [range] } }];
}

/** How PostgreSQL goes about each statement of a read. */
async function plansOf(read: () => Promise<unknown>): Promise<readonly PlanNode[]> {
  statements = [];
  await read();
  const plans: PlanNode[] = [];
  for (const { sql: text, parameters } of statements.splice(0)) {
    const explain = CompiledQuery.raw(`explain (format json) ${text}`, [...parameters]);
    const { rows } = await explained.executeQuery<{ 'QUERY PLAN': { Plan: PlanNode }[] }>(explain);
    plans.push(...rows.flatMap((row) => row['QUERY PLAN'].map(({ Plan }) => Plan)));
  }
  return plans;
}

function nodesOf(plan: PlanNode | undefined): readonly PlanNode[] {
  return plan === undefined ? [] : [plan, ...(plan.Plans ?? []).flatMap(nodesOf)];
}

function typesOf(plan: PlanNode | undefined): readonly string[] {
  return nodesOf(plan).map((node) => node['Node Type']);
}

/** The index by which each scan of the table goes, or how else it goes. */
function scansOf(plan: PlanNode | undefined, table: string): readonly string[] {
  return nodesOf(plan)
    .filter((node) => node['Relation Name'] === table || node['Node Type'] === 'Bitmap Index Scan')
    .filter((node) => node['Node Type'] !== 'Bitmap Heap Scan')
    .filter((node) => node['Relation Name'] !== undefined || node['Index Name']?.startsWith(table) === true)
    .map((node) => node['Index Name'] ?? node['Node Type']);
}
