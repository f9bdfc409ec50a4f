import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import type { Day } from '#kyc/instant';
import { parseDay } from '#kyc/instant';
import { createSandboxPeople } from '#sources/sandbox-people';
import { createUpstream } from '#upstream/create-upstream';
import type { Upstream } from '#upstream/request';
import { staticToken } from '#upstream/tokens';

import { fetchApplications, type ListApplications } from './endpoints.ts';
import { ROCKETKOR } from './normalize.ts';
import { RocketkorSandbox } from './sandbox.ts';
import type { SandboxApplication } from './sandbox-applications.ts';

const PATH = '/v1/identity-verifications';
const READ = { pace: 'READ' } as const;

let sandbox: RocketkorSandbox;
let upstream: Upstream;

beforeEach(async () => {
  sandbox = new RocketkorSandbox(createSandboxPeople(60, [ROCKETKOR]));
  const { ROCKETKOR_URL: baseUrl = '', ROCKETKOR_TOKEN: token = '' } = await sandbox.start();
  const authorizer = staticToken(token);
  upstream = createUpstream({
    source: ROCKETKOR,
    baseUrl,
    timeoutMs: 5000,
    concurrency: 4,
    ratePerS: null,
    authorizer,
  });
});

afterEach(async () => {
  await upstream.close();
  await sandbox.close();
});

function day(text: string): Day {
  const parsed = parseDay(text);
  if (parsed === null) throw new Error('That is no day.');
  return parsed;
}

/** Asks and compares with those of the simulator that `passes`; the test must not be about nothing. */
async function expectThose(query: ListApplications, passes: (application: SandboxApplication) => boolean) {
  const { content, totalElements } = await fetchApplications(upstream, { ...query, size: 100 }, READ);
  const expected = sandbox.records().filter(passes);
  expect(expected.length).toBeGreaterThan(0);
  expect(expected.length).toBeLessThan(sandbox.records().length);
  expect(totalElements).toBe(expected.length);
  expect(new Set(content)).toEqual(new Set(expected));
}

describe('every parameter on the wire', () => {
  it.each<[string, ListApplications, string]>([
    ['nothing', {}, ''],
    ['createdDateFrom', { createdDateFrom: day('2026-01-05') }, '?createdDateFrom=2026-01-05'],
    ['createdDateTo', { createdDateTo: day('2026-01-05') }, '?createdDateTo=2026-01-05'],
    ['completedDateFrom', { completedDateFrom: day('2026-01-05') }, '?completedDateFrom=2026-01-05'],
    ['completedDateTo', { completedDateTo: day('2026-01-05') }, '?completedDateTo=2026-01-05'],
    ['timeZone', { timeZone: 'America/New_York' }, '?timeZone=America%2FNew_York'],
    ['a timeZone with a sign', { timeZone: 'UTC+1' }, '?timeZone=UTC%2B1'],
    ['status', { status: 'PENDING_REVIEW' }, '?status=PENDING_REVIEW'],
    [
      'identityVerificationProfileId',
      { identityVerificationProfileId: 'kyc-profile-1' },
      '?identityVerificationProfileId=kyc-profile-1',
    ],
    ['accountId', { accountId: 'a b&c' }, '?accountId=a+b%26c'],
    ['outcome', { outcome: 'Manual Review' }, '?outcome=Manual+Review'],
    ['one of accountTypes', { accountTypes: ['BUSINESS_ACCOUNT'] }, '?accountTypes=BUSINESS_ACCOUNT'],
    [
      'accountTypes as one list',
      { accountTypes: ['INDIVIDUAL_CUSTOMER', 'BUSINESS_CUSTOMER'] },
      '?accountTypes=INDIVIDUAL_CUSTOMER%2CBUSINESS_CUSTOMER',
    ],
    [
      'sort again and again',
      {
        sort: [
          { field: 'createdAt', direction: 'ASC' },
          { field: 'id', direction: 'DESC' },
        ],
      },
      '?sort=createdAt%2CASC&sort=id%2CDESC',
    ],
    ['page', { page: 0 }, '?page=0'],
    ['size', { size: 7 }, '?size=7'],
  ])('sends %s', async (_, query, text) => {
    await fetchApplications(upstream, query, READ);
    expect(sandbox.requests.map(({ method, url }) => [method, url])).toEqual([['GET', `${PATH}${text}`]]);
  });

  it('proves itself with the bearer token', async () => {
    await fetchApplications(upstream, {}, READ);
    expect(sandbox.requests[0]?.headers['authorization']).toBe('Bearer rocketkor-sandbox-token');
  });
});

describe('every filter does what the document says', () => {
  it('status', () => expectThose({ status: 'COMPLETED' }, (held) => held.latestStatus === 'COMPLETED'));

  it('outcome', () => expectThose({ outcome: 'Approved' }, (held) => held.outcome === 'Approved'));

  it('identityVerificationProfileId', () =>
    expectThose(
      { identityVerificationProfileId: 'kyc-profile-2' },
      (held) => held.identityVerificationProfileId === 'kyc-profile-2',
    ));

  it('accountId, of the application and not of its entities', () => {
    const accountId =
      sandbox.records().find(({ entities }) => entities.length > 1)?.entities[1]?.accountId ?? '';
    return expectThose({ accountId }, (held) => held.accountId === accountId);
  });

  it('accountTypes', () =>
    expectThose({ accountTypes: ['BUSINESS_CUSTOMER', 'BUSINESS_ACCOUNT'] }, (held) =>
      held.accountType.startsWith('BUSINESS_'),
    ));

  it('completed days, of completed applications alone', () =>
    expectThose(
      { completedDateFrom: day('2026-01-08'), completedDateTo: day('2026-01-14') },
      ({ completedAt }) => completedAt !== null && completedAt >= '2026-01-08' && completedAt < '2026-01-15',
    ));

  it.each([
    ['Z', 0],
    ['UTC', 0],
    ['GMT', 0],
    [undefined, 0],
    ['+2', 120],
    ['+11', 660],
    ['-05:30', -330],
    ['UTC+1', 60],
    ['GMT-9', -540],
    ['UTC-09:30', -570],
    // No summer time within these days.
    ['America/New_York', -300],
    ['Asia/Kolkata', 330],
  ])('created days from the first to the last, in %s', async (timeZone, offsetMinutes) => {
    const startMs = Date.parse('2026-01-10T00:00:00Z') - offsetMinutes * 60_000;
    const endMs = startMs + 2 * 86_400_000;
    await expectThose(
      {
        createdDateFrom: day('2026-01-10'),
        createdDateTo: day('2026-01-11'),
        ...(timeZone === undefined ? {} : { timeZone }),
      },
      ({ createdAt }) => Date.parse(createdAt) >= startMs && Date.parse(createdAt) < endMs,
    );
  });

  it.each<[string, ListApplications]>([
    ['a zone that is none', { timeZone: 'Mars/Olympus' }],
    ['an offset that is none', { timeZone: '+25' }],
    ['a sort that is none', { sort: [{ field: '', direction: 'ASC' }] }],
    ['a negative page', { page: -1 }],
  ])('refuses %s', async (_, query) => {
    await expect(fetchApplications(upstream, query, READ)).rejects.toMatchObject({
      code: 'SOURCE_REFUSED',
      httpStatus: 400,
    });
  });
});

describe('order and pages', () => {
  it('is newest first when no sort is named', async () => {
    const { content } = await fetchApplications(upstream, { size: 100 }, READ);
    const newestFirst = sandbox
      .records()
      .toSorted((one, other) => (one.createdAt < other.createdAt ? 1 : -1));
    expect(content).toEqual(newestFirst);
  });

  it('sorts by the first field, then by the next', async () => {
    const sort = [
      { field: 'latestStatus', direction: 'DESC' },
      { field: 'id', direction: 'ASC' },
    ] as const;
    const { content } = await fetchApplications(upstream, { sort, size: 100 }, READ);
    const keyOf = ({ latestStatus, id }: SandboxApplication) => [latestStatus, id] as const;
    const expected = sandbox.records().toSorted((one, other) => {
      const [status, id] = keyOf(one);
      const [otherStatus, otherId] = keyOf(other);
      if (status !== otherStatus) return status < otherStatus ? 1 : -1;
      return id < otherId ? -1 : 1;
    });
    expect(content).toEqual(expected);
  });

  it('counts pages from 0 and clamps the size', async () => {
    sandbox.highestSize = 25;
    sandbox.hasNext = 'HONEST';
    const total = sandbox.records().length;
    const last = Math.ceil(total / 25) - 1;
    const page = await fetchApplications(upstream, { page: last, size: 100 }, READ);
    expect(page).toMatchObject({ totalElements: total, totalPages: last + 1, hasNext: false });
    expect(page.content).toHaveLength(total - last * 25);
  });
});
