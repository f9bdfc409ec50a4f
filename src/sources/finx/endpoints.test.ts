import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { createSandboxPeople } from '#sources/sandbox-people';
import { createUpstream } from '#upstream/create-upstream';
import type { Upstream } from '#upstream/request';
import { staticToken } from '#upstream/tokens';

import { fetchKycBody, fetchKycList, type ListKycRecords } from './endpoints.ts';
import { FINX } from './normalize.ts';
import { FinxSandbox } from './sandbox.ts';

const READ = { pace: 'READ' } as const;

let sandbox: FinxSandbox;
let upstream: Upstream;

beforeEach(async () => {
  sandbox = new FinxSandbox(createSandboxPeople(30, [FINX]));
  const { FINX_URL: baseUrl = '', FINX_TOKEN: token = '' } = await sandbox.start();
  const authorizer = staticToken(token);
  upstream = createUpstream({
    source: FINX,
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

describe('the list', () => {
  it.each<[string, ListKycRecords, string]>([
    ['nothing', {}, '/v1/kyc'],
    ['limit', { limit: 7 }, '/v1/kyc?limit=7'],
    ['customer_id', { customerId: 'a b&c' }, '/v1/kyc?customer_id=a+b%26c'],
    ['verification_status', { verificationStatus: 'pending' }, '/v1/kyc?verification_status=pending'],
  ])('sends %s', async (_, query, url) => {
    await fetchKycList(upstream, query, READ);
    expect(sandbox.requests.map((request) => [request.method, request.url])).toEqual([['GET', url]]);
  });

  it('sends starting_after and gives the rows behind it', async () => {
    const ids = sandbox.records().map(({ id }) => id);
    const { data } = await fetchKycList(upstream, { startingAfter: ids[3] ?? '', limit: 2 }, READ);
    expect(data).toEqual(sandbox.records().slice(4, 6));
    expect(sandbox.requests[0]?.url).toBe(`/v1/kyc?limit=2&starting_after=${ids[3]}`);
  });

  it('sends ending_before and gives the rows in front of it', async () => {
    const ids = sandbox.records().map(({ id }) => id);
    const { data } = await fetchKycList(upstream, { endingBefore: ids[3] ?? '', limit: 2 }, READ);
    expect(data).toEqual(sandbox.records().slice(1, 3));
    expect(sandbox.requests[0]?.url).toBe(`/v1/kyc?limit=2&ending_before=${ids[3]}`);
  });

  it('gives ten rows by default and only those that were asked for', async () => {
    const all = await fetchKycList(upstream, {}, READ);
    expect([all.data.length, all.has_more]).toEqual([10, true]);
    const failed = await fetchKycList(upstream, { verificationStatus: 'failed', limit: 100 }, READ);
    expect(failed.data).toEqual(sandbox.records().filter((row) => row['verification_status'] === 'failed'));
    expect(failed.data.length).toBeGreaterThan(0);
  });
});

describe('a record', () => {
  it('is asked for by its id', async () => {
    const row = sandbox.records()[0];
    expect(await fetchKycBody(upstream, row?.id ?? '', READ)).toEqual(row);
    expect(sandbox.requests[0]?.url).toBe(`/v1/kyc/${row?.id}`);
  });

  it('never leaves its path, whatever its id', async () => {
    await expect(fetchKycBody(upstream, '../../admin?x=1', READ)).rejects.toMatchObject({ httpStatus: 404 });
    expect(sandbox.requests[0]?.url).toBe('/v1/kyc/..%2F..%2Fadmin%3Fx%3D1');
  });
});

it('proves itself with the bearer token', async () => {
  await fetchKycList(upstream, {}, READ);
  expect(sandbox.requests[0]?.headers['authorization']).toBe('Bearer finx-sandbox-token');
});
