import { afterEach, describe, expect, test } from 'vitest';

import type { ScanPage, ScanPosition, Source } from '#sources/source';
import { answerJson, ScriptedServer } from '#upstream/scripted-server';

import { finogates } from './index.ts';
import { FinogatesSandbox } from './sandbox.ts';
import type { SandboxRow } from './sandbox-records.ts';
import { readSettings } from './settings.ts';

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.close();
});

const rowOf = (name: number | string): SandboxRow => ({
  id: `r${name}`,
  status: 'pending',
  user_id: `u${name}`,
});
const ids = (count: number) => Array.from({ length: count }, (_, index) => `r${index}`);

async function holding(count: number) {
  const sandbox = new FinogatesSandbox([]);
  sandbox.restore(Array.from({ length: count }, (_, index) => rowOf(index)));
  open.push(sandbox);
  return { sandbox, source: openSource(await sandbox.start()) };
}

function openSource(environment: Readonly<Record<string, string>>): Source {
  const faults: string[] = [];
  const settings = readSettings(environment, faults);
  if (settings === null || faults.length > 0) throw new Error(faults.join());
  const source = finogates.open(settings);
  open.push(source);
  return source;
}

/** Reads the whole list; between two pages the position goes through JSON, as it does when the process dies there. */
async function scan(source: Source) {
  const pages: ScanPage[] = [];
  let position: ScanPosition | null = null;
  do {
    if (pages.length > 500) throw new Error('The scan does not end.');
    const page: ScanPage | undefined = await source.fetchPage?.(position, { pace: 'BACKGROUND' });
    if (page === undefined) throw new Error('The source does not list.');
    pages.push(page);
    position = JSON.parse(JSON.stringify(page.next)) as ScanPosition | null;
  } while (position !== null);
  const seen = pages.flatMap(({ records }) => records.map(({ verification }) => verification.externalId));
  return {
    seen: new Set(seen),
    owed: pages.at(-1)?.totalAtSource,
    isComplete: pages.every(({ incomplete }) => incomplete === null),
    unidentified: pages.reduce((sum, page) => sum + page.unidentified, 0),
    calls: pages.length,
  };
}

describe('a list that stands still', () => {
  test.each([
    [0, 1],
    [1, 1],
    [199, 1],
    [200, 1],
    [201, 3],
    [380, 3],
    [381, 4],
    [1000, 7],
  ])('of %i rows is read whole in %i calls', async (count, calls) => {
    const { sandbox, source } = await holding(count);
    expect(await scan(source)).toEqual({
      seen: new Set(ids(count)),
      owed: count,
      isComplete: true,
      unidentified: 0,
      calls,
    });
    expect(sandbox.requests).toHaveLength(calls);
    expect(sandbox.requests.every(({ url }) => url.includes('limit=200'))).toBe(true);
  });

  test.each([1, 2, 7, 39, 100])(
    'is read whole from a server that gives %i rows at most',
    async (highestLimit) => {
      const { sandbox, source } = await holding(230);
      sandbox.highestLimit = highestLimit;
      expect(await scan(source)).toMatchObject({ seen: new Set(ids(230)), owed: 230, isComplete: true });
    },
  );

  test('counts a row that cannot be identified once, also where pages overlap', async () => {
    const { sandbox, source } = await holding(500);
    for (const index of [5, 185, 195, 450]) sandbox.add({ ...rowOf('x'), id: null }, index);
    expect(await scan(source)).toMatchObject({
      seen: new Set(ids(500)),
      unidentified: 4,
      owed: 504,
      isComplete: true,
    });
  });
});

describe('rows that shift between pages', () => {
  const kept = (count: number, gone: readonly number[]) =>
    ids(count).filter((_, index) => !gone.includes(index));

  test('new ones in front: all that stood there is seen, the new ones too', async () => {
    const { sandbox, source } = await holding(700);
    sandbox.onPage = (page) => {
      if (page <= 3) for (let n = 0; n < 30; n += 1) sandbox.add(rowOf(`new${page}-${n}`));
    };
    const { seen, owed, isComplete } = await scan(source);
    expect(seen.size).toBe(790);
    expect(owed).toBe(790);
    expect(isComplete).toBe(true);
  });

  test('more new ones at once than a page holds', async () => {
    const { sandbox, source } = await holding(500);
    sandbox.onPage = (page) => {
      if (page === 1) for (let n = 0; n < 450; n += 1) sandbox.add(rowOf(`new${n}`));
    };
    const { seen, isComplete } = await scan(source);
    expect([...ids(500)].filter((id) => !seen.has(id))).toEqual([]);
    expect(isComplete).toBe(true);
  });

  test.each([1, 19, 20, 60, 150])('%i deleted before the boundary: none behind it is lost', async (count) => {
    const { sandbox, source } = await holding(700);
    sandbox.onPage = (page) => {
      if (page === 2) for (let n = 0; n < count; n += 1) sandbox.remove(`r${n}`);
    };
    const { seen, isComplete, owed } = await scan(source);
    expect(seen).toEqual(new Set(ids(700)));
    expect(owed).toBe(700 - count);
    expect(isComplete).toBe(true);
  });

  test('the rows by which pages join are deleted themselves', async () => {
    const { sandbox, source } = await holding(700);
    sandbox.onPage = (page) => {
      if (page === 1) for (let n = 150; n < 200; n += 1) sandbox.remove(`r${n}`);
    };
    const { seen, isComplete } = await scan(source);
    expect(seen).toEqual(new Set(ids(700)));
    expect(isComplete).toBe(true);
  });

  test('a list that shrinks below where the scan stands', async () => {
    const { sandbox, source } = await holding(900);
    sandbox.onPage = (page) => {
      if (page === 4) for (let n = 0; n < 800; n += 1) sandbox.remove(`r${n}`);
    };
    const { seen, isComplete } = await scan(source);
    expect(
      ids(900)
        .slice(800)
        .filter((id) => !seen.has(id)),
    ).toEqual([]);
    expect(isComplete).toBe(true);
  });

  test('a row that moves to the front while another goes is seen', async () => {
    const { sandbox, source } = await holding(600);
    sandbox.onPage = (page) => {
      if (page !== 1) return;
      sandbox.remove('r3');
      sandbox.remove('r500');
      sandbox.add(rowOf(500));
    };
    const { seen, isComplete } = await scan(source);
    expect(seen).toEqual(new Set(ids(600)));
    expect(isComplete).toBe(true);
  });

  test('some come and some go at every page', async () => {
    const { sandbox, source } = await holding(1500);
    sandbox.onPage = (page) => {
      for (let n = 0; n < 7; n += 1) {
        sandbox.add(rowOf(`new${page}-${n}`));
        sandbox.remove(`r${page * 11 + n * 13}`);
      }
    };
    const { seen, isComplete, owed } = await scan(source);
    const standing = sandbox.records().map((row) => String(row['id']));
    expect(kept(1500, []).filter((id) => standing.includes(id) && !seen.has(id))).toEqual([]);
    expect(seen.size).toBeGreaterThanOrEqual(owed ?? 0);
    expect(isComplete).toBe(true);
  });
});

describe('a server that cannot be followed', () => {
  async function answering(page: (offset: number) => Readonly<Record<string, unknown>>) {
    const server = await ScriptedServer.start(({ url }, response) => {
      const offset = Number(new URL(url, 'http://x').searchParams.get('offset'));
      answerJson(response, 200, page(offset));
    });
    open.push(server);
    return openSource({ FINOGATES_URL: server.url, FINOGATES_TOKEN: 't' });
  }
  const rows = (from: number, count: number) =>
    Array.from({ length: count }, (_, index) => rowOf(from + index));

  test('that does not know offsets is given up, and said to be incomplete', async () => {
    const source = await answering(() => ({ data: rows(0, 200), row_count: 1_000_000 }));
    const { isComplete, calls } = await scan(source);
    expect(isComplete).toBe(false);
    expect(calls).toBeLessThan(20);
  });

  test('that owes rows and gives none is given up, and said to be incomplete', async () => {
    const source = await answering((offset) => ({
      data: offset < 400 ? rows(offset, 200) : [],
      row_count: 5000,
    }));
    const { isComplete, calls, seen } = await scan(source);
    expect(isComplete).toBe(false);
    expect(seen.size).toBeGreaterThanOrEqual(400);
    expect(calls).toBeLessThan(50);
  });

  test('that shows other rows at every call is said to be incomplete', async () => {
    let call = 0;
    const source = await answering(() => ({ data: rows((call += 1) * 1000, 200), row_count: 3000 }));
    expect((await scan(source)).isComplete).toBe(false);
  });

  test.each([[undefined], [null], ['many'], [-1], [3]])(
    'that counts %j rows is read to its end',
    async (row_count) => {
      const source = await answering((offset) => ({
        data: rows(0, 450).slice(offset, offset + 200),
        row_count,
      }));
      const { isComplete, seen } = await scan(source);
      expect(seen).toEqual(new Set(ids(450)));
      expect(isComplete).toBe(true);
    },
  );

  test('a page without a list is a bad payload', async () => {
    const source = await answering(() => ({ data: { message: 'x' }, row_count: 1 }));
    await expect(source.fetchPage?.(null, { pace: 'READ' })).rejects.toMatchObject({
      code: 'SOURCE_BAD_PAYLOAD',
    });
  });

  test('a position of another release is the start', async () => {
    const source = await answering(() => ({ data: rows(0, 2), row_count: 2 }));
    const page = await source.fetchPage?.({ page: 7 }, { pace: 'READ' });
    expect(page).toMatchObject({ next: null, totalAtSource: 2 });
  });
});
