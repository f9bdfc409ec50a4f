import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import type { World } from '../harness/world.ts';
import { askFinogates, askFinx, askRocketkor } from './ask-source.ts';
import { createListedWorld } from './full-world.ts';
import { expectedOf } from './holdings.ts';
import { type ListName, readList } from './read-list.ts';

let world: World;

beforeAll(async () => {
  world = await createListedWorld();
}, 90_000);
afterAll(async () => world[Symbol.asyncDispose]());

type Filter = Readonly<Record<string, unknown>>;

/** The ids that the gateway answers from its store. */
async function fromStore(list: ListName, filter: Filter): Promise<readonly string[]> {
  const nodes = await readList(world, { list, filter, pageSize: 200, selection: '{ externalId }' });
  return nodes.map(({ externalId }) => String(externalId)).toSorted();
}

const words = (source: string, field: string) => [
  ...new Set(
    expectedOf(world)
      .filter((record) => record.source === source)
      .map(({ fields }) => String(fields[field])),
  ),
];

describe("a source's own filters are answered from the store as the source answers them", () => {
  test('Finogates: status_filter', async () => {
    const statuses = words('FINOGATES', 'sourceStatus');
    expect(statuses).toContain('escalated');
    for (const status of [...statuses, 'no such status']) {
      const filter = { sources: ['FINOGATES'], sourceStatuses: [status] };
      expect(await fromStore('kycRecords', filter), status).toEqual(await askFinogates(world, status));
    }
  });

  test('Fin X: verification_status', async () => {
    const statuses = words('FINX', 'sourceStatus');
    expect(statuses).toContain('on_hold');
    for (const status of [...statuses, 'no such status']) {
      const filter = { sources: ['FINX'], sourceStatuses: [status] };
      const expected = await askFinx(world, { verification_status: status });
      expect(await fromStore('kycRecords', filter), status).toEqual(expected);
    }
  });

  test('Fin X: customer_id, alone and with a status', async () => {
    const customers = words('FINX', 'externalUserId').slice(0, 24);
    for (const customer of [...customers, 'nobody']) {
      const filter = { sources: ['FINX'], externalUserIds: [customer] };
      expect(await fromStore('kycRecords', filter)).toEqual(await askFinx(world, { customer_id: customer }));
    }
    const [customer = ''] = customers;
    const both = { sources: ['FINX'], externalUserIds: [customer], sourceStatuses: ['verified'] };
    const expected = await askFinx(world, { customer_id: customer, verification_status: 'verified' });
    expect(await fromStore('kycRecords', both)).toEqual(expected);
  });
});

const STATUSES =
  'NEW PENDING PROCESSING PENDING_REVIEW PENDING_DOCUMENTS AWAITING_INFORMATION COMPLETED EXPIRED ERROR'.split(
    ' ',
  );
const ACCOUNT_TYPES = ['BUSINESS_ACCOUNT', 'BUSINESS_CUSTOMER', 'INDIVIDUAL_CUSTOMER'];
const OFFSETS = 'Z UTC GMT +2 -3 +05:30 -11:30 +14 UTC+1 UTC-09:30 GMT-5 GMT+12:45';
const REGIONS = 'America/New_York Asia/Kathmandu Pacific/Kiritimati Pacific/Niue Australia/Lord_Howe';
const ZONES = `${OFFSETS} ${REGIONS}`.split(' ');
const days = (from: string | null, to: string | null, timeZone?: string) => ({ from, to, timeZone });

/** What is asked of the graph, and the same of RocketKOR. */
const ROCKETKOR: readonly (readonly [Filter, Readonly<Record<string, string>>])[] = [
  ...STATUSES.map((status) => [{ sourceStatuses: [status] }, { status }] as const),
  ...ACCOUNT_TYPES.map((type) => [{ accountTypes: [type] }, { accountTypes: type }] as const),
  [
    { accountTypes: ['INDIVIDUAL_CUSTOMER', 'BUSINESS_CUSTOMER'] },
    { accountTypes: 'INDIVIDUAL_CUSTOMER,BUSINESS_CUSTOMER' },
  ],
  ...['kyc-profile-1', 'kyc-profile-2', 'kyc-profile-3', 'none'].map(
    (id) => [{ profileIds: [id] }, { identityVerificationProfileId: id }] as const,
  ),
  ...['Denied', 'DECLINED', 'Rejected', 'Manual Review', 'Escalated', 'none'].map(
    (outcome) => [{ outcomes: [outcome] }, { outcome }] as const,
  ),
  ...[undefined, ...ZONES].flatMap((timeZone) => [
    [
      { createdOn: days('2026-01-19', '2026-01-21', timeZone) },
      { createdDateFrom: '2026-01-19', createdDateTo: '2026-01-21', ...(timeZone && { timeZone }) },
    ] as const,
    [
      { decidedOn: days('2026-01-27', '2026-01-27', timeZone) },
      { completedDateFrom: '2026-01-27', completedDateTo: '2026-01-27', ...(timeZone && { timeZone }) },
    ] as const,
  ]),
  [{ createdOn: days('2026-01-25', null) }, { createdDateFrom: '2026-01-25' }],
  [{ createdOn: days(null, '2026-01-10', '+2') }, { createdDateTo: '2026-01-10', timeZone: '+2' }],
  [{ decidedOn: days('2026-01-25', null) }, { completedDateFrom: '2026-01-25' }],
  [{ decidedOn: days(null, '2026-01-10', 'UTC-7') }, { completedDateTo: '2026-01-10', timeZone: 'UTC-7' }],
  [
    {
      sourceStatuses: ['COMPLETED'],
      accountTypes: ['INDIVIDUAL_CUSTOMER'],
      outcomes: ['Denied'],
      createdOn: days('2026-01-08', '2026-02-08', 'Asia/Kathmandu'),
      decidedOn: days('2026-01-09', null, 'Asia/Kathmandu'),
    },
    {
      status: 'COMPLETED',
      accountTypes: 'INDIVIDUAL_CUSTOMER',
      outcome: 'Denied',
      createdDateFrom: '2026-01-08',
      createdDateTo: '2026-02-08',
      completedDateFrom: '2026-01-09',
      timeZone: 'Asia/Kathmandu',
    },
  ],
];

describe('RocketKOR: every filter', () => {
  test.each(ROCKETKOR)('%j', async (filter, query) => {
    expect(await fromStore('idvApplications', filter)).toEqual(await askRocketkor(world, query));
  });

  test('accountId', async () => {
    for (const accountId of [...words('ROCKETKOR', 'externalUserId').slice(0, 24), 'nobody']) {
      const filter = { externalUserIds: [accountId] };
      expect(await fromStore('idvApplications', filter)).toEqual(await askRocketkor(world, { accountId }));
    }
  });

  test('outcomes that differ in case alone, two words there, are one word here', async () => {
    const asked = ['Approved', 'APPROVED'].map((outcome) => askRocketkor(world, { outcome }));
    const both = (await Promise.all(asked)).flat().toSorted();
    expect(both).not.toEqual([]);
    for (const outcome of ['Approved', 'APPROVED', 'approved']) {
      expect(await fromStore('idvApplications', { outcomes: [outcome] })).toEqual(both);
    }
  });

  test('a day is another one in another zone', async () => {
    const answers = ZONES.map((timeZone) =>
      fromStore('idvApplications', { createdOn: days('2026-01-19', '2026-01-21', timeZone) }),
    );
    const distinct = new Set((await Promise.all(answers)).map((ids) => ids.join()));
    expect(distinct.size).toBeGreaterThan(3);
    expect(distinct).not.toContain('');
  });
});
