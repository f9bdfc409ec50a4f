import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import type { SandboxFault } from '#sources/sandbox';
import { createSandboxPeople } from '#sources/sandbox-people';
import type { ScanPage, ScanPosition, Source } from '#sources/source';

import { rocketkor } from './index.ts';
import { normalizeApplication, ROCKETKOR } from './normalize.ts';
import { RocketkorSandbox } from './sandbox.ts';
import type { SandboxApplication } from './sandbox-applications.ts';

const READ = { pace: 'READ' } as const;
const people = createSandboxPeople(220, [ROCKETKOR]);

let sandbox: RocketkorSandbox;
let source: Source;

async function open(more: Readonly<Record<string, string>> = {}): Promise<void> {
  const faults: string[] = [];
  const settings = rocketkor.readSettings({ ...(await sandbox.start()), ...more }, faults);
  expect(faults).toEqual([]);
  if (settings === null) throw new Error('The room is off.');
  source = rocketkor.open(settings);
}

async function close(): Promise<void> {
  await source.close();
  await sandbox.close();
}

async function reopen(more: Readonly<Record<string, string>> = {}): Promise<void> {
  await close();
  sandbox = new RocketkorSandbox(people);
  await open(more);
}

beforeEach(async () => {
  sandbox = new RocketkorSandbox(people);
  await open();
});

afterEach(close);

/** Scans from `position` to the end; between two pages the position goes through JSON, as in the store. */
async function scan(position: ScanPosition | null = null): Promise<ScanPage[]> {
  const pages: ScanPage[] = [];
  let at = position;
  do {
    const page = await fetchPage(at);
    pages.push(page);
    at = page.next;
  } while (at !== null);
  return pages;
}

function fetchPage(position: ScanPosition | null): Promise<ScanPage> {
  if (source.fetchPage === undefined) throw new Error('RocketKOR can be listed.');
  return source.fetchPage(JSON.parse(JSON.stringify(position)), READ);
}

function fetchByUser(externalUserId: string) {
  if (source.fetchByUser === undefined) throw new Error('RocketKOR can be asked by user.');
  return source.fetchByUser(externalUserId, READ);
}

function oldestFirst(): readonly SandboxApplication[] {
  return sandbox.records().toSorted((one, other) => (one.createdAt < other.createdAt ? -1 : 1));
}

function idsOf(pages: readonly Pick<ScanPage, 'records'>[]): readonly string[] {
  return pages.flatMap(({ records }) => records.map((record) => record.verification.externalId));
}

function heldIds(): ReadonlySet<string> {
  return new Set(sandbox.records().map(({ id }) => id));
}

/** One more application, alike but for what is given. */
function added(id: string, createdAt: string, accountId = 'some account'): SandboxApplication {
  const [model] = sandbox.records();
  if (model === undefined) throw new Error('The simulator is empty.');
  return { ...model, id, createdAt, accountId };
}

describe('a scan', () => {
  it('gives every application as the source holds it, oldest first, in as few calls as there are pages', async () => {
    const pages = await scan();
    const held = oldestFirst();
    expect(pages.flatMap(({ records }) => records)).toEqual(held.map(normalizeApplication));
    for (const page of pages) {
      expect(page).toMatchObject({ totalAtSource: held.length, unidentified: 0, incomplete: null });
    }
    expect(sandbox.requests.map(({ url }) => url)).toEqual(
      pages.map(
        (_, page) => `/v1/identity-verifications?sort=createdAt%2CASC&sort=id%2CASC&page=${page}&size=100`,
      ),
    );
  });

  it.each(['HONEST', 'TRUE', 'SOMETIMES_WRONG'] as const)(
    'ends with the last page when hasNext is %s',
    async (hasNext) => {
      sandbox.hasNext = hasNext;
      sandbox.highestSize = 30;
      expect(new Set(idsOf(await scan()))).toEqual(heldIds());
      expect(sandbox.requests).toHaveLength(Math.ceil(sandbox.records().length / 30));
    },
  );

  it('ends at once where the source is empty', async () => {
    sandbox.restore([]);
    expect(await scan()).toEqual([
      { records: [], unidentified: 0, incomplete: null, next: null, totalAtSource: 0 },
    ]);
  });

  it('gives what is added while it runs', async () => {
    const first = await fetchPage(null);
    sandbox.add(added('added', new Date().toISOString()));
    expect(new Set(idsOf([first, ...(await scan(first.next))]))).toEqual(heldIds());
  });

  it('gives fewer rows than it counts when rows shift because one was deleted', async () => {
    const first = await fetchPage(null);
    sandbox.remove(first.records[0]?.verification.externalId ?? '');
    const pages = [first, ...(await scan(first.next))];
    const given = new Set(idsOf(pages));
    const lost = [...heldIds()].filter((id) => !given.has(id));
    expect(lost).toHaveLength(1);
    expect(pages.at(-1)?.totalAtSource).toBe(heldIds().size);
  });

  it('goes on after its process was killed, with the same size', async () => {
    const first = await fetchPage(null);
    await reopen();
    const rest = await scan(first.next);
    expect(new Set(idsOf([first, ...rest]))).toEqual(heldIds());
    expect(sandbox.requests[0]?.url).toContain('page=1&size=100');
  });

  it('counts rows that cannot be identified and keeps the others of the page', async () => {
    sandbox.add(added('', '2020-01-01T00:00:00.000Z'));
    sandbox.add({ ...added('fine', '2020-01-02T00:00:00.000Z'), completedAt: 'yesterday' });
    const [page] = await scan();
    expect(page?.unidentified).toBe(1);
    expect(page?.records).toHaveLength(99);
    expect(page?.records[0]?.verification).toMatchObject({
      externalId: 'fine',
      decidedAt: null,
      faults: [{ path: 'completedAt', expected: 'RFC 3339 time' }],
    });
  });

  it.each<[SandboxFault, string]>([
    ['DOWN', 'SOURCE_UNREACHABLE'],
    ['SLOW', 'SOURCE_TIMEOUT'],
    ['WRONG', 'SOURCE_BAD_PAYLOAD'],
    ['HALF', 'SOURCE_UNREACHABLE'],
    ['UNAVAILABLE', 'SOURCE_UNREACHABLE'],
    ['LIMITED', 'SOURCE_RATE_LIMITED'],
  ])('fails with a reason when the source is %s', async (fault, code) => {
    await reopen({ ROCKETKOR_TIMEOUT_MS: fault === 'SLOW' ? '300' : '950' });
    sandbox.fault = fault;
    await expect(fetchPage(null)).rejects.toMatchObject({ name: 'SourceError', code });
  });
});

describe('a read by account', () => {
  it.each([1, 7, 10])('gives the applications of person %d and no others, in one call', async (number) => {
    const person = people[number - 1];
    const accountId = (person && sandbox.externalUserIdOf(person)) ?? '';
    const held = oldestFirst().filter((application) => application.accountId === accountId);
    expect(held).toHaveLength(number % 7 === 0 ? 2 : 1);
    const read = await fetchByUser(accountId);
    expect(read).toEqual({ records: held.map(normalizeApplication), unidentified: 0, incomplete: null });
    expect(sandbox.requests.map(({ url }) => url)).toEqual([
      `/v1/identity-verifications?accountId=${accountId}&sort=createdAt%2CASC&sort=id%2CASC&page=0&size=100`,
    ]);
  });

  it('gives nothing for an account that the source does not know', async () => {
    expect(await fetchByUser('nobody')).toEqual({ records: [], unidentified: 0, incomplete: null });
  });

  it('reads all pages, each application once', async () => {
    for (let day = 10; day < 30; day += 1)
      sandbox.add(added(`own-${day}`, `2026-02-${day}T00:00:00.000Z`, 'one'));
    sandbox.highestSize = 3;
    sandbox.hasNext = 'TRUE';
    expect(await fetchByUser('one')).toMatchObject({ records: { length: 20 }, incomplete: null });
    expect(sandbox.requests).toHaveLength(7);
  });
});

describe('the API key', () => {
  async function openWithKey(): Promise<void> {
    await reopen({ ROCKETKOR_TOKEN: '', ...sandbox.apiKeySettings() });
  }

  it('is exchanged once, however many calls wait for the token', async () => {
    await openWithKey();
    const reads = await Promise.all([fetchPage(null), fetchByUser('a'), fetchByUser('b'), fetchByUser('c')]);
    expect(reads[0].records).toHaveLength(100);
    expect([sandbox.tokenRequests, sandbox.requests.length]).toEqual([1, 4]);
  });

  it('is exchanged again, once, when the token is refused', async () => {
    await openWithKey();
    await fetchByUser('a');
    sandbox.revokeTokens();
    await Promise.all([fetchByUser('a'), fetchByUser('b'), fetchByUser('c')]);
    expect(sandbox.tokenRequests).toBe(2);
  });

  it('is refused with a reason when it is wrong', async () => {
    await reopen({ ROCKETKOR_TOKEN: '', ROCKETKOR_API_KEY: 'wrong', ROCKETKOR_API_SECRET: 'wrong' });
    await expect(fetchPage(null)).rejects.toMatchObject({ code: 'SOURCE_REFUSED' });
    expect(sandbox.requests).toEqual([]);
  });
});
