import { describe, expect, test } from 'vitest';

import { isFinal } from '#kyc/status';
import { FinogatesSandbox } from '#sources/finogates/sandbox';
import { FinxSandbox } from '#sources/finx/sandbox';
import { RocketkorSandbox } from '#sources/rocketkor/sandbox';
import type { Source } from '#sources/source';
import { readLog } from '#store/testing/read-log';
import { SourceError } from '#upstream/source-error';

import { Bench, found } from '../../test/harness/bench.ts';
import { until } from '../../test/harness/until.ts';
import { scan } from './scan.ts';
import { createScanWorker } from './scan-worker.ts';

const LISTED = ['FINOGATES', 'FINX', 'ROCKETKOR'] as const;
const signal = new AbortController().signal;

async function openBench(): Promise<Bench> {
  const bench = await Bench.create({ people: 40 });
  bench.sandbox(FinogatesSandbox).highestLimit = 5;
  bench.sandbox(FinxSandbox).highestLimit = 5;
  bench.sandbox(RocketkorSandbox).highestSize = 5;
  return bench;
}

async function statusesInOrder(bench: Bench, id: string) {
  const changes = await readLog(bench.store);
  return changes.flatMap((change) => ('verificationId' in change && change.source === id ? [change] : []));
}

describe.each(LISTED)('the first scan of %s', (id) => {
  test('takes in the open records before the mass of decided ones, all as BACKFILL, each once', async () => {
    await using bench = await openBench();
    const source = bench.source(id);
    const held = found(bench.sandboxes.find((sandbox) => sandbox.source === source.descriptor.id)).records();
    expect(await scan(bench.store, source, { signal })).toMatchObject({ complete: true });
    const seen = await statusesInOrder(bench, id);
    expect(seen).toHaveLength(held.length);
    expect(new Set(seen.map(({ learntBy }) => learntBy))).toEqual(new Set(['BACKFILL']));
    const firstFinal = seen.findIndex(({ to }) => isFinal(to));
    // Open ones of words that no table knows, and those with an outcome to judge by, come with the whole list.
    const late = seen.slice(firstFinal).filter(({ to }) => to === 'PENDING' || to === 'ACTION_REQUIRED');
    expect(firstFinal).toBeGreaterThan(0);
    expect(late).toEqual([]);
  });

  test('goes on in its look ahead where it was cut off', async () => {
    await using bench = await openBench();
    const whole = bench.source(id);
    const down = new SourceError('SOURCE_UNREACHABLE', 'down');
    let pages = 0;
    const cut: Source = {
      ...whole,
      fetchOpenPage(position, options) {
        pages += 1;
        return pages > 1 ? Promise.reject(down) : found(whole.fetchOpenPage).call(whole, position, options);
      },
    };
    await expect(scan(bench.store, cut, { signal })).rejects.toBe(down);
    const { checkpoint } = await bench.store.scanState(whole.descriptor.id);
    expect(checkpoint).toMatchObject({ ahead: true });
    const positions: unknown[] = [];
    const watched: Source = {
      ...whole,
      fetchOpenPage(position, options) {
        positions.push(position);
        return found(whole.fetchOpenPage).call(whole, position, options);
      },
    };
    expect(await scan(bench.store, watched, { signal })).toMatchObject({ complete: true });
    const { ahead: _, ...position } = found(checkpoint);
    expect(positions[0]).toEqual(position);
  });

  test('counts nothing as seen by the look ahead alone: what is gone before the whole list is read is not missing', async () => {
    await using bench = await openBench();
    const source = bench.source(id);
    const { fetchPage } = source;
    const short: Source = {
      ...source,
      async fetchPage(position, options) {
        const page = await found(fetchPage).call(source, position, options);
        // The source counts one more than it gives, and the look ahead gave it.
        const records = page.records.filter(({ verification }) => verification.externalId !== hidden);
        return { ...page, records, totalAtSource: held.length };
      },
    };
    const sandbox = found(bench.sandboxes.find((one) => one.source === source.descriptor.id));
    const held = sandbox.records();
    const ahead = await found(source.fetchOpenPage).call(source, null, { pace: 'READ' });
    const hidden = found(ahead.records[0]).verification.externalId;
    const outcome = await scan(bench.store, short, { signal });
    expect(outcome).toMatchObject({ complete: false, failure: { code: 'SOURCE_INCOMPLETE' } });
    expect((await bench.store.countOfSource(source.descriptor.id)).records).toBe(held.length);
  });
});

test('a look ahead that always fails keeps no list from being read', async () => {
  await using bench = await openBench();
  const source: Source = {
    ...bench.source('FINX'),
    fetchOpenPage: () => Promise.reject(new SourceError('SOURCE_UNREACHABLE', 'down')),
  };
  const worker = createScanWorker(bench.store, source, bench.logged.log);
  worker.start();
  await until('the list is read', async () => {
    return (await bench.store.scanState(source.descriptor.id)).completedAt !== null;
  });
  await worker.stop();
  expect((await bench.store.countOfSource(source.descriptor.id)).records).toBe(
    bench.sandbox(FinxSandbox).records().length,
  );
});

test('later scans read the whole list alone', async () => {
  await using bench = await openBench();
  const source = bench.source('FINX');
  await scan(bench.store, source, { signal });
  bench.forgetRequests();
  await scan(bench.store, source, { signal });
  expect(bench.calls('FINX').filter((call) => call.includes('verification_status'))).toEqual([]);
});

test('the log tells when a first sync begins and ends, and says nothing of later scans', async () => {
  await using bench = await openBench();
  const told = () =>
    bench.logged.lines
      .map((line) => JSON.parse(line) as { level: number; msg: string; count: number })
      .filter(({ level }) => level >= 30)
      .map(({ msg, count }) => `${msg} ${count}`);
  const source = bench.source('FINX');
  const records = bench.sandbox(FinxSandbox).records().length;
  for (let turn = 1; turn <= 2; turn += 1) {
    const worker = createScanWorker(bench.store, source, bench.logged.log);
    worker.start();
    const before = await bench.store.scanState(source.descriptor.id);
    await until('it is read once more', async () => {
      const { completedAt } = await bench.store.scanState(source.descriptor.id);
      return completedAt !== null && completedAt !== before.completedAt;
    });
    await worker.stop();
    expect(told()).toEqual(['The first sync begins. 0', `The first sync is complete. ${records}`]);
  }
});
