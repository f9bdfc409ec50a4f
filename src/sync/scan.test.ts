import { describe, expect, test } from 'vitest';

import { incomplete } from '#kyc/source-report';
import { FinogatesSandbox } from '#sources/finogates/sandbox';
import { FinxSandbox } from '#sources/finx/sandbox';
import { RocketkorSandbox } from '#sources/rocketkor/sandbox';
import type { SandboxFault } from '#sources/sandbox';
import type { ScanPosition, Source } from '#sources/source';
import { readLog } from '#store/testing/read-log';

import { Bench, found } from '../../test/harness/bench.ts';
import { until } from '../../test/harness/until.ts';
import { scan } from './scan.ts';
import { createScanWorker } from './scan-worker.ts';

const LISTED = ['FINOGATES', 'FINX', 'ROCKETKOR'] as const;
const signal = new AbortController().signal;

async function openBench(settings: Record<string, string> = {}): Promise<Bench> {
  const bench = await Bench.create({ people: 12, settings });
  bench.sandbox(FinogatesSandbox).highestLimit = 2;
  bench.sandbox(FinxSandbox).highestLimit = 2;
  bench.sandbox(RocketkorSandbox).highestSize = 2;
  return bench;
}

const sandboxOf = (bench: Bench, id: string) => found(bench.sandboxes.find(({ source }) => source === id));

/** The source, telling of each page before it is asked for; not asked for open records first. */
function watched(source: Source, onPage: (position: ScanPosition | null, page: number) => void): Source {
  let pages = 0;
  const { fetchOpenPage: _, ...whole } = source;
  return {
    ...whole,
    fetchPage(position, options) {
      pages += 1;
      onPage(position, pages);
      return found(source.fetchPage)(position, options);
    },
  };
}

test('one page and no more is asked for while the store takes in the one before', async () => {
  await using bench = await openBench();
  const { store } = bench;
  const inStore = Promise.withResolvers<void>();
  const asked: number[] = [];
  const slow = {
    ...store,
    async ingest(batch: Parameters<typeof store.ingest>[0]) {
      await inStore.promise;
      return await store.ingest(batch);
    },
  };
  const source = watched(bench.source('FINOGATES'), (_, page) => asked.push(page));
  const scanning = scan(slow, source, { signal });
  await until('the second page is asked for', () => asked.length === 2);
  expect((await store.countOfSource(source.descriptor.id)).records).toBe(0);
  inStore.resolve();
  expect(await scanning).toMatchObject({ complete: true });
  expect(asked.length).toBe(new Set(asked).size);
});

/** The source, its pages never whole. */
function neverWhole(source: Source, onPage: () => void): Source {
  return {
    ...source,
    async fetchPage(position, options) {
      onPage();
      const page = await found(source.fetchPage)(position, options);
      return { ...page, incomplete: incomplete('The list shifted.') };
    },
  };
}

describe.each(LISTED)('a scan of %s', (id) => {
  test.each(['HALF', 'WRONG'] satisfies SandboxFault[])(
    'goes on at its checkpoint after a page that was %s',
    async (fault) => {
      await using bench = await openBench();
      const sandbox = sandboxOf(bench, id);
      const source = bench.source(id);
      const failing = watched(source, (_, page) => {
        if (page === 2) sandbox.fault = fault;
      });
      await expect(scan(bench.store, failing, { signal })).rejects.toMatchObject({ name: 'SourceError' });
      const half = await bench.store.scanState(source.descriptor.id);
      expect(half).toMatchObject({ running: true, completedAt: null });
      expect(half.checkpoint).not.toBeNull();
      const { records } = await bench.store.countOfSource(source.descriptor.id);
      expect(records).toBeGreaterThan(0);
      expect(records).toBeLessThan(sandbox.records().length);

      sandbox.fault = 'NONE';
      const positions: (ScanPosition | null)[] = [];
      const going = watched(source, (position) => positions.push(position));
      const outcome = await scan(bench.store, going, { signal });
      expect(outcome).toMatchObject({ complete: true, deleted: 0, failure: null });
      expect(positions[0]).toEqual(half.checkpoint);
      expect(await bench.store.countOfSource(source.descriptor.id)).toMatchObject({
        records: sandbox.records().length,
      });
      const changes = await readLog(bench.store);
      const learnt = changes.filter((change) => 'verificationId' in change && change.source === id);
      expect(learnt).toHaveLength(sandbox.records().length);
    },
  );
});

describe('the worker', () => {
  test('reads an incomplete list again at once, twice, and then leaves it PARTIAL until the next turn', async () => {
    await using bench = await Bench.create();
    let pages = 0;
    const source = neverWhole(bench.source('FINX'), () => {
      pages += 1;
    });
    const worker = createScanWorker(bench.store, source, bench.logged.log);
    worker.start();
    const nextAtMs = await until('it rests', () => {
      const at = worker.nextAtMs;
      return at !== null && at > Date.now() + 60_000 ? at : null;
    });
    await worker.stop();
    expect(nextAtMs).toBeLessThanOrEqual(Date.now() + source.pace.scanEveryMs);
    expect(pages).toBe(3);
    expect(await bench.store.scanState(source.descriptor.id)).toMatchObject({
      running: false,
      completedAt: null,
      failure: { code: 'SOURCE_INCOMPLETE', message: 'The list shifted.' },
    });
    const [report] = (await bench.loaders().reportsOfLists()).filter((one) => one.source === 'FINX');
    expect(report).toMatchObject({ state: 'PARTIAL', error: { code: 'SOURCE_INCOMPLETE' } });
  });

  test('notes an outage, keeps what it has, and is whole when the source is back', async () => {
    await using bench = await openBench({ ROCKETKOR_TIMEOUT_MS: '950' });
    const source = bench.source('ROCKETKOR');
    const sandbox = sandboxOf(bench, 'ROCKETKOR');
    const worker = createScanWorker(
      bench.store,
      watched(source, (_, page) => {
        if (page === 2) sandbox.fault = 'UNAVAILABLE';
      }),
      bench.logged.log,
    );
    worker.start();
    const failure = await until(
      'the outage is noted',
      async () => (await bench.store.scanState(source.descriptor.id)).failure,
    );
    expect(failure).toMatchObject({ code: 'SOURCE_UNREACHABLE', retryAfterMs: 1000 });
    expect((await bench.store.countOfSource(source.descriptor.id)).records).toBe(2);
    sandbox.fault = 'NONE';
    await until('the scan is complete', async () => {
      const { completedAt } = await bench.store.scanState(source.descriptor.id);
      return completedAt !== null;
    });
    await worker.stop();
    expect(await bench.store.scanState(source.descriptor.id)).toMatchObject({
      failure: null,
      running: false,
    });
    expect((await bench.store.countOfSource(source.descriptor.id)).records).toBe(sandbox.records().length);
  });

  test('stops in the middle of a page that never comes, and goes on there the next time', async () => {
    await using bench = await openBench({ FINX_TIMEOUT_MS: '600000' });
    const source = bench.source('FINX');
    const sandbox = sandboxOf(bench, 'FINX');
    const slow = watched(source, (_, page) => {
      if (page === 2) sandbox.fault = 'SLOW';
    });
    const worker = createScanWorker(bench.store, slow, bench.logged.log);
    worker.start();
    await until('the second page is asked for', () => sandbox.requests.length === 2);
    await worker.stop();
    expect(await bench.store.scanState(source.descriptor.id)).toMatchObject({ running: true, failure: null });
    sandbox.fault = 'NONE';
    expect(await scan(bench.store, source, { signal })).toMatchObject({ complete: true });
  });
});
