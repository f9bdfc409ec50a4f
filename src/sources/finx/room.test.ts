import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import type { SandboxFault } from '#sources/sandbox';
import { createSandboxPeople } from '#sources/sandbox-people';
import type { ScanPage, ScanPosition, Source } from '#sources/source';

import { finx } from './index.ts';
import { FINX, normalizeKycRecord } from './normalize.ts';
import { FinxSandbox } from './sandbox.ts';

const READ = { pace: 'READ' } as const;
const people = createSandboxPeople(260, [FINX]);

let sandbox: FinxSandbox;
let source: Source;

async function open(more: Readonly<Record<string, string>> = {}): Promise<void> {
  const faults: string[] = [];
  const settings = finx.readSettings({ ...(await sandbox.start()), ...more }, faults);
  expect(faults).toEqual([]);
  if (settings === null) throw new Error('The room is off.');
  source = finx.open(settings);
}

beforeEach(async () => {
  sandbox = new FinxSandbox(people);
  await open();
});

afterEach(async () => {
  await source.close();
  await sandbox.close();
});

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
  if (source.fetchPage === undefined) throw new Error('Fin X can be listed.');
  return source.fetchPage(JSON.parse(JSON.stringify(position)), READ);
}

function fetchByUser(externalUserId: string) {
  if (source.fetchByUser === undefined) throw new Error('Fin X can be asked by user.');
  return source.fetchByUser(externalUserId, READ);
}

function fetchById(externalId: string) {
  if (source.fetchById === undefined) throw new Error('Fin X can be asked by id.');
  return source.fetchById({ externalId, externalUserId: null }, READ);
}

function idsOf(pages: readonly Pick<ScanPage, 'records'>[]): ReadonlySet<string> {
  return new Set(pages.flatMap(({ records }) => records.map((record) => record.verification.externalId)));
}

function heldIds(): ReadonlySet<string> {
  return new Set(sandbox.records().map(({ id }) => id));
}

describe('a scan', () => {
  it('gives every record as the source holds it, by the cursor', async () => {
    const pages = await scan();
    expect(pages.flatMap(({ records }) => records)).toEqual(sandbox.records().map(normalizeKycRecord));
    expect(pages.map(({ incomplete, unidentified }) => [incomplete, unidentified])).toEqual(
      pages.map(() => [null, 0]),
    );
    expect(sandbox.requests).toHaveLength(Math.ceil(sandbox.records().length / 100));
  });

  it('gives every record by a higher limit where the cursor is ignored', async () => {
    sandbox.cursor = 'IGNORED';
    sandbox.highestLimit = Number.POSITIVE_INFINITY;
    const pages = await scan();
    expect(idsOf(pages)).toEqual(heldIds());
    expect(pages.at(-1)?.incomplete).toBeNull();
  });

  it('gives every record by a higher limit where the cursor is refused', async () => {
    sandbox.cursor = 'REFUSED';
    sandbox.highestLimit = Number.POSITIVE_INFINITY;
    const pages = await scan();
    expect(idsOf(pages)).toEqual(heldIds());
    expect(pages.at(-1)?.incomplete).toBeNull();
  });

  it.each(['IGNORED', 'REFUSED'] as const)(
    'gives what there is where the cursor is %s and the limit clamped',
    async (cursor) => {
      sandbox.cursor = cursor;
      const pages = await scan();
      expect(idsOf(pages).size).toBe(100);
      expect(pages.at(-1)?.incomplete).toMatchObject({ code: 'SOURCE_INCOMPLETE' });
      expect(sandbox.requests.length).toBeLessThanOrEqual(3);
    },
  );

  it('gives every record and ends where the source always says that there is more', async () => {
    sandbox.hasMore = 'TRUE';
    const pages = await scan();
    expect(idsOf(pages)).toEqual(heldIds());
    expect(pages.at(-1)).toMatchObject({ records: [], incomplete: { code: 'SOURCE_INCOMPLETE' } });
  });

  it('goes on after its process was killed', async () => {
    const first = await fetchPage(null);
    await source.close();
    await sandbox.close();
    sandbox = new FinxSandbox(people);
    await open();
    const rest = await scan(first.next);
    expect(idsOf([first, ...rest])).toEqual(heldIds());
    expect(sandbox.requests[0]?.url).toContain('starting_after=');
  });

  it('says that rows may be missing when the row of its cursor was deleted', async () => {
    const first = await fetchPage(null);
    sandbox.remove(first.records.at(-1)?.verification.externalId ?? '');
    const rest = await scan(first.next);
    expect(rest.at(-1)?.incomplete).toMatchObject({ code: 'SOURCE_INCOMPLETE' });
  });

  it('counts rows that cannot be identified and keeps the others of the page', async () => {
    sandbox.add({ id: '' });
    sandbox.add({ id: 'fine', verification_status: 'verified', created_at: 'yesterday' });
    const [page] = await scan();
    expect(page?.unidentified).toBe(1);
    expect(page?.records[0]?.verification).toMatchObject({
      externalId: 'fine',
      status: 'APPROVED',
      createdAt: null,
      faults: [{ path: 'created_at', expected: 'time in epoch seconds' }],
    });
    expect(page?.records).toHaveLength(99);
  });

  it.each<[SandboxFault, string]>([
    ['DOWN', 'SOURCE_UNREACHABLE'],
    ['SLOW', 'SOURCE_TIMEOUT'],
    ['WRONG', 'SOURCE_BAD_PAYLOAD'],
    ['HALF', 'SOURCE_UNREACHABLE'],
    ['UNAVAILABLE', 'SOURCE_UNREACHABLE'],
    ['LIMITED', 'SOURCE_RATE_LIMITED'],
  ])('fails with a reason when the source is %s', async (fault, code) => {
    await source.close();
    await sandbox.close();
    sandbox = new FinxSandbox(people);
    await open({ FINX_TIMEOUT_MS: fault === 'SLOW' ? '300' : '950' });
    sandbox.fault = fault;
    await expect(fetchPage(null)).rejects.toMatchObject({ name: 'SourceError', code });
    await expect(fetchById('x')).rejects.toMatchObject({ name: 'SourceError' });
  });

  it('is refused with a wrong token', async () => {
    await source.close();
    await sandbox.close();
    sandbox = new FinxSandbox(people);
    await open({ FINX_TOKEN: 'wrong' });
    await expect(fetchPage(null)).rejects.toMatchObject({ code: 'SOURCE_REFUSED', httpStatus: 401 });
    await expect(fetchByUser('someone')).rejects.toMatchObject({ code: 'SOURCE_REFUSED' });
  });
});

describe('a read by customer', () => {
  it.each([1, 6, 12])('gives the records of person %d and no others, in one call', async (number) => {
    const person = people[number - 1];
    const customerId = (person && sandbox.externalUserIdOf(person)) ?? '';
    const read = await fetchByUser(customerId);
    const held = sandbox.records().filter((row) => row['customer_id'] === customerId);
    expect(held).toHaveLength(number % 6 === 0 ? 2 : 1);
    expect(read).toEqual({ records: held.map(normalizeKycRecord), unidentified: 0, incomplete: null });
    expect(sandbox.requests.map(({ url }) => url)).toEqual([`/v1/kyc?limit=100&customer_id=${customerId}`]);
  });

  it('gives nothing for a customer that the source does not know', async () => {
    expect(await fetchByUser('nobody')).toEqual({ records: [], unidentified: 0, incomplete: null });
  });

  it('reads all pages, each record once, whatever the cursor does', async () => {
    for (let number = 0; number < 150; number += 1) sandbox.add({ id: `own-${number}`, customer_id: 'one' });
    expect((await fetchByUser('one')).records).toHaveLength(150);
    sandbox.cursor = 'IGNORED';
    sandbox.highestLimit = Number.POSITIVE_INFINITY;
    expect(await fetchByUser('one')).toMatchObject({ records: { length: 150 }, incomplete: null });
    sandbox.highestLimit = 100;
    const clamped = await fetchByUser('one');
    expect(clamped).toMatchObject({ records: { length: 100 }, incomplete: { code: 'SOURCE_INCOMPLETE' } });
  });
});

describe('a read by id', () => {
  it('gives the record', async () => {
    const row = sandbox.records()[0];
    const read = await fetchById(row?.id ?? '');
    expect(read).toEqual({ records: [normalizeKycRecord(row)], unidentified: 0, incomplete: null });
  });

  it('is null for an id of nobody', async () => {
    expect(await fetchById('nobody')).toBeNull();
  });

  it.each([[''], ['.'], ['..']])('is null for %j without a call', async (id) => {
    expect(await fetchById(id)).toBeNull();
    expect(sandbox.requests).toEqual([]);
  });
});

describe('the settings', () => {
  it('are off without a URL', () => {
    expect(finx.readSettings({ FINX_TOKEN: 'x' }, [])).toBeNull();
  });

  it('want a token, and do not show what is wrong', () => {
    const faults: string[] = [];
    finx.readSettings({ FINX_URL: 'https://api.finx.example' }, faults);
    finx.readSettings({ FINX_URL: 'https://api.finx.example', FINX_TOKEN: 'two words' }, faults);
    expect(faults).toHaveLength(2);
    expect(faults.every((fault) => fault.startsWith('FINX_TOKEN ') && !fault.includes('words'))).toBe(true);
  });

  it('name every variable that is read', () => {
    expect(finx.variables).toContain('FINX_TOKEN');
    expect(finx.variables.every((name) => name.startsWith('FINX_'))).toBe(true);
  });
});

describe('the simulator', () => {
  it('moves updated_at with every status', () => {
    const before = new Map(sandbox.records().map((row) => [row.id, row]));
    sandbox.move();
    const moved = sandbox.records().filter((row) => row !== before.get(row.id));
    expect(moved.length).toBeGreaterThanOrEqual(1);
    expect(moved.length).toBeLessThanOrEqual(3);
    for (const row of moved) {
      expect(Number(row['updated_at'])).toBeGreaterThan(Number(before.get(row.id)?.['updated_at']));
    }
  });

  it('holds again what an earlier run held', () => {
    sandbox.move();
    const other = new FinxSandbox(people);
    other.restore(JSON.parse(JSON.stringify(sandbox.records())));
    expect(other.records()).toEqual(sandbox.records());
  });

  it('holds every oddity that the tests of the whole need', () => {
    const read = sandbox.records().map((row) => normalizeKycRecord(row)?.verification);
    expect(read.some((record) => record?.reason === 'STATUS_UNRECOGNISED')).toBe(true);
    expect(read.some((record) => (record?.faults.length ?? 0) > 0)).toBe(true);
    expect(new Set(read.map((record) => record?.status))).toEqual(
      new Set(['PENDING', 'APPROVED', 'REJECTED', 'UNKNOWN']),
    );
  });
});
