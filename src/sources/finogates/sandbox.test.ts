import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { createSandboxPeople } from '#sources/sandbox-people';
import type { Source } from '#sources/source';
import { createUpstream } from '#upstream/create-upstream';
import type { Upstream } from '#upstream/request';
import { staticToken } from '#upstream/tokens';

import { fetchKycRecords, type ListKycRecords } from './endpoints.ts';
import { finogates } from './index.ts';
import { FINOGATES, normalizeKycRecord } from './normalize.ts';
import { FinogatesSandbox } from './sandbox.ts';
import { isMovable } from './sandbox-records.ts';
import { readSettings } from './settings.ts';

const people = createSandboxPeople(80, [FINOGATES]);
const read = { pace: 'READ' } as const;
let sandbox: FinogatesSandbox;
let source: Source;
let environment: Readonly<Record<string, string>>;

beforeEach(async () => {
  sandbox = new FinogatesSandbox(people);
  environment = await sandbox.start();
  const faults: string[] = [];
  const settings = readSettings(environment, faults);
  if (settings === null) throw new Error(faults.join());
  source = finogates.open(settings);
});
afterEach(async () => {
  await source.close();
  await sandbox.close();
});

async function withToken(use: (upstream: Upstream) => Promise<void>): Promise<void> {
  const granted = sandbox.tokens.grant({
    method: 'POST',
    url: new URL('http://x'),
    headers: {},
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: environment['FINOGATES_CLIENT_ID'] ?? '',
      client_secret: environment['FINOGATES_CLIENT_SECRET'] ?? '',
    }).toString(),
  });
  const { access_token } = granted.body as { access_token: string };
  const options = { source: FINOGATES, timeoutMs: 5000, concurrency: 8, ratePerS: null };
  const authorizer = staticToken(access_token);
  const upstream = createUpstream({ ...options, baseUrl: environment['FINOGATES_URL'] ?? '', authorizer });
  try {
    await use(upstream);
  } finally {
    await upstream.close();
  }
}

describe('what goes over the wire', () => {
  test.each<[ListKycRecords, string]>([
    [{}, ''],
    [{ statusFilter: null }, ''],
    [{ statusFilter: 'in_review' }, '?status_filter=in_review'],
    [{ statusFilter: 'a b&c' }, '?status_filter=a+b%26c'],
    [{ limit: 1 }, '?limit=1'],
    [{ limit: 200, offset: 0 }, '?limit=200&offset=0'],
    [{ statusFilter: 'failed', limit: 7, offset: 14 }, '?status_filter=failed&limit=7&offset=14'],
  ])('%j is sent as "%s"', async (query, text) => {
    await withToken(async (upstream) => {
      await fetchKycRecords(upstream, query, read);
      expect(sandbox.requests.at(-1)?.url).toBe(`/v1/platform/kyc-records${text}`);
    });
  });

  test('the envelope is read whole', async () => {
    await withToken(async (upstream) => {
      const total = sandbox.records().length;
      const body = await fetchKycRecords(upstream, { limit: 10, offset: 20 }, read);
      expect(body).toMatchObject({ status_code: 200, row_count: total, limit: 10, current_page: 3 });
      expect(body.total_page_number).toBe(Math.ceil(total / 10));
      expect(body.data).toEqual(sandbox.records().slice(20, 30));
      expect(body.next_cursor).toEqual(expect.any(String));
      expect(body.query_generated_time).toEqual(expect.any(Number));
    });
  });

  test('status_filter gives the rows with that word, 50 rows are the default', async () => {
    await withToken(async (upstream) => {
      const body = await fetchKycRecords(upstream, { statusFilter: 'approved' }, read);
      const approved = sandbox.records().filter((row) => row['status'] === 'approved');
      expect(body.data).toEqual(approved.slice(0, 50));
      expect((await fetchKycRecords(upstream, {}, read)).data).toHaveLength(50);
    });
  });

  test.each([{ limit: 0 }, { limit: 201 }, { limit: 1.5 }, { offset: -1 }])(
    '%j is refused',
    async (query) => {
      await withToken(async (upstream) => {
        await expect(fetchKycRecords(upstream, query, read)).rejects.toMatchObject({ httpStatus: 422 });
      });
    },
  );
});

describe('access tokens', () => {
  test('one serves all calls', async () => {
    await Promise.all(Array.from({ length: 50 }, async () => source.fetchPage?.(null, read)));
    expect(sandbox.tokenRequests).toBe(1);
  });

  test('a revoked one is renewed once', async () => {
    await source.fetchPage?.(null, read);
    sandbox.tokens.revoke();
    await Promise.all(Array.from({ length: 50 }, async () => source.fetchPage?.(null, read)));
    expect(sandbox.tokenRequests).toBe(2);
  });

  test('an endpoint that wants JSON gets it', async () => {
    sandbox.tokens.jsonOnly = true;
    await source.fetchPage?.(null, read);
    expect(sandbox.tokenRequests).toBe(2);
  });

  test('a wrong static one is refused', async () => {
    const settings = readSettings({ FINOGATES_URL: environment['FINOGATES_URL'], FINOGATES_TOKEN: 'x' }, []);
    if (settings === null) throw new Error('no settings');
    const other = finogates.open(settings);
    await expect(other.fetchPage?.(null, read)).rejects.toMatchObject({ code: 'SOURCE_REFUSED' });
    await other.close();
  });
});

describe('each fault of the source', () => {
  test.each([
    ['DOWN', 'SOURCE_UNREACHABLE'],
    ['WRONG', 'SOURCE_BAD_PAYLOAD'],
    ['HALF', 'SOURCE_UNREACHABLE'],
    ['LIMITED', 'SOURCE_RATE_LIMITED'],
    ['UNAVAILABLE', 'SOURCE_UNREACHABLE'],
  ] as const)('%s is %s, and then it is well again', async (fault, code) => {
    sandbox.fault = fault;
    await expect(source.fetchPage?.(null, read)).rejects.toMatchObject({ code });
    sandbox.fault = 'NONE';
    await expect(source.fetchPage?.(null, read)).resolves.toMatchObject({ unidentified: 0 });
  });
});

describe('what the simulator holds', () => {
  test('is the same every time, and every record can be normalised', () => {
    expect(new FinogatesSandbox(people).records()).toEqual(sandbox.records());
    const records = sandbox.records().map(normalizeKycRecord);
    expect(records).not.toContain(null);
    expect(new Set(records.map((record) => record?.verification.externalId)).size).toBe(records.length);
    const statuses = new Set(records.map((record) => record?.verification.status));
    expect(statuses).toEqual(new Set(['PENDING', 'IN_REVIEW', 'APPROVED', 'REJECTED', 'ERROR', 'UNKNOWN']));
    expect(records.some((record) => (record?.verification.faults.length ?? 0) > 0)).toBe(true);
  });

  test('is at least one record for everybody who is known there', () => {
    const owners = new Set(sandbox.records().map((row) => row['user_id']));
    expect(owners).toEqual(new Set(people.map((person) => sandbox.externalUserIdOf(person))));
  });

  test('moves: some status, its times with it, always later', () => {
    const seen = new Set<unknown>();
    for (let round = 0; round < 300; round += 1) {
      const before = new Map(sandbox.records().map((row) => [row['id'], row]));
      sandbox.move();
      const changed = sandbox.records().filter((row) => before.get(row['id']) !== row);
      expect(changed.length).toBeGreaterThanOrEqual(1);
      for (const row of changed) {
        seen.add(row['status']);
        const past = before.get(row['id'])?.['updated_at'];
        expect(Date.parse(String(row['updated_at']))).toBeGreaterThan(Date.parse(String(past)));
        expect(row['status'] === 'rejected').toBe(row['rejected_at'] === row['updated_at']);
        expect(isMovable(row)).toBe(true);
      }
    }
    expect(seen).toEqual(new Set(['pending', 'in_review', 'approved', 'completed', 'rejected', 'failed']));
  });

  test('comes back from what was saved', () => {
    sandbox.move();
    const saved = JSON.parse(JSON.stringify(sandbox.records())) as readonly unknown[];
    const restarted = new FinogatesSandbox(people);
    restarted.restore(saved);
    expect(restarted.records()).toEqual(sandbox.records());
  });
});
