import { afterEach, beforeEach, expect, test } from 'vitest';

import { createSandboxPeople } from '#sources/sandbox-people';
import type { OwnerCredential, ReadOptions } from '#sources/source';
import { createUpstream } from '#upstream/create-upstream';
import type { Upstream } from '#upstream/request';
import { noToken } from '#upstream/tokens';

import { type DetailsOptions, fetchDetails } from './endpoints.ts';
import { SUMVIN } from './normalize.ts';
import { SumvinSandbox } from './sandbox.ts';

const READ: ReadOptions = { pace: 'READ' };
const [first, second, third] = createSandboxPeople(12, [SUMVIN]);
if (first === undefined || second === undefined || third === undefined) throw new Error('No people.');

let sandbox: SumvinSandbox;
let upstream: Upstream;

beforeEach(async () => {
  sandbox = new SumvinSandbox([first, second, third]);
  const { SUMVIN_URL: baseUrl = '' } = await sandbox.start();
  const pace = { timeoutMs: 2000, concurrency: 4, ratePerS: null };
  upstream = createUpstream({ source: SUMVIN, baseUrl, ...pace, authorizer: noToken() });
});
afterEach(async () => {
  await upstream.close();
  await sandbox.close();
});

const fetchAs = (owner: OwnerCredential | null, options: DetailsOptions = READ) =>
  fetchDetails(upstream, 'alice', owner ?? { credential: 'nobody', tenant: null }, options);
const ownerOf = (person: typeof first) => sandbox.credentialOf(person);

test("sends the owner's token and nothing that was not asked for", async () => {
  const { records, owner } = await fetchAs(ownerOf(first));
  expect(records[0]?.verification).toMatchObject({ externalId: 'alice', externalUserId: 'alice' });
  expect(owner).toMatch(/^https:\/\/api\.sumvin\.example\/v0\/users\//);
  expect(sandbox.requests).toHaveLength(1);
  const [{ method, url, headers } = { method: '', url: '', headers: {} }] = sandbox.requests;
  expect([method, url, headers['x-sumvin-pat']]).toEqual([
    'GET',
    '/v0/kyc/details',
    ownerOf(first)?.credential,
  ]);
  for (const name of [
    'authorization',
    'x-juno-orgid',
    'x-timestamp-format',
    'x-sumvin-token',
    'x-juno-jwt',
  ]) {
    expect(headers).not.toHaveProperty(name);
  }
});

test('gives each owner their own record over shared connections', async () => {
  const reads = await Promise.all([first, second, third].map((person) => fetchAs(ownerOf(person))));
  expect(new Set(reads.map(({ owner }) => owner)).size).toBe(3);
  expect(reads.map(({ records }) => records[0]?.raw)).toEqual(
    [first, second, third].map((person) => JSON.parse(JSON.stringify(sandbox.recordOf(person)))),
  );
});

test("sends the tenant of the owner's organisation", async () => {
  const owner = ownerOf(third);
  expect((await fetchAs(owner)).records).toHaveLength(1);
  expect(sandbox.requests[0]?.headers['x-juno-orgid']).toBe(owner?.tenant);
  await expect(fetchAs(owner === null ? null : { ...owner, tenant: 'other' })).rejects.toMatchObject({
    code: 'SOURCE_REFUSED',
    httpStatus: 403,
  });
});

test('asks Sumvin to look again only when a user is refreshed on purpose, and gets the other personal fields then', async () => {
  const plain = await fetchAs(ownerOf(first), { ...READ, refresh: false });
  const refreshed = await fetchAs(ownerOf(first), { ...READ, refresh: true });
  expect(sandbox.requests.map(({ url }) => url)).toEqual(['/v0/kyc/details', '/v0/kyc/details?refresh=true']);
  const name = { givenName: first.givenName, familyName: first.familyName };
  expect(plain.records[0]?.verification.personal).toMatchObject({ person: { ...name, dateOfBirth: null } });
  expect(refreshed.records[0]?.verification.personal).toMatchObject({
    person: { ...name, dateOfBirth: first.dateOfBirth, nationality: first.nationality },
  });
});

test('reads the same record in both time formats, to the second in ISO 8601', async () => {
  sandbox.change(first, {
    status: 'approved',
    verified_at: 1_704_067_200_999,
    started_at: 1_703_980_800_000,
  });
  sandbox.change(first, { verification_passed: true, rejected_at: null, documents: [] });
  const epoch = await fetchAs(ownerOf(first));
  const iso = await fetchAs(ownerOf(first), { ...READ, timestampFormat: 'iso8601' });
  expect(sandbox.requests.map(({ headers }) => headers['x-timestamp-format'])).toEqual([
    undefined,
    'iso8601',
  ]);
  expect(iso.records[0]?.raw).toMatchObject({ verified_at: '2024-01-01T00:00:00Z' });
  const [fine, coarse] = [epoch, iso].map(({ records }) => records[0]?.verification);
  expect([fine?.decidedAt, coarse?.decidedAt]).toEqual([
    '2024-01-01T00:00:00.999000000Z',
    '2024-01-01T00:00:00.000000000Z',
  ]);
  expect(coarse?.createdAt).toBe(fine?.createdAt);
});

test('reads an owner without a record as none', async () => {
  const owner = ownerOf(first);
  sandbox.remove(first);
  expect(await fetchAs(owner)).toEqual({ records: [], unidentified: 0, incomplete: null, owner: null });
});

test('says that a token was refused, without the token', async () => {
  const owner = ownerOf(first);
  sandbox.revoke(first);
  const refusal = await fetchAs(owner).catch((error: unknown) => error);
  expect(refusal).toMatchObject({ code: 'SOURCE_REFUSED', httpStatus: 401 });
  expect(String(refusal)).not.toContain(owner?.credential);
  expect(sandbox.requests).toHaveLength(1);
});

test.each([
  { credential: 'pat\r\nx-juno-orgid: other', tenant: null },
  { credential: 'pat', tenant: 'org\u0000' },
  { credential: 'pät', tenant: null },
  { credential: '', tenant: null },
])('never sends %j, which no header can carry', async (owner) => {
  await expect(fetchAs(owner)).rejects.toMatchObject({ code: 'SOURCE_REFUSED' });
  expect(sandbox.requests).toHaveLength(0);
});

test('follows no link', async () => {
  await fetchAs(ownerOf(second), { ...READ, refresh: true });
  expect(sandbox.requests.map(({ url }) => url)).toEqual(['/v0/kyc/details?refresh=true']);
});
