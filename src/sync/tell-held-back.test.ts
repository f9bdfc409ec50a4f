import { expect, test } from 'vitest';

import { incomplete } from '#kyc/source-report';
import { FinxSandbox } from '#sources/finx/sandbox';

import { Bench } from '../../test/harness/bench.ts';
import { until } from '../../test/harness/until.ts';
import { scan } from './scan.ts';
import { createScanWorker } from './scan-worker.ts';

const signal = new AbortController().signal;

test('deletions that are held back are told once, with what to do, and leave the lists PARTIAL whatever fails next', async () => {
  await using bench = await Bench.create({ people: 60 });
  const source = bench.source('FINX');
  const sandbox = bench.sandbox(FinxSandbox);
  const { id } = source.descriptor;
  await scan(bench.store, source, { signal });
  const all = sandbox.records();
  expect(all.length).toBeGreaterThan(22);
  sandbox.restore(all.slice(0, 1));

  const worker = createScanWorker(bench.store, source, bench.logged.log);
  const told = () => bench.logged.lines.filter((line) => line.includes('DELETIONS_HELD_BACK'));
  for (const generation of [2, 3, 4]) {
    worker.start();
    worker.bringForward(0);
    await until(`scan ${generation} is complete`, async () => {
      const state = await bench.store.scanState(id);
      return state.generation >= generation && !state.running;
    });
  }
  await worker.stop();
  const held = { scan: 3, records: all.length - 1, of: all.length };
  expect((await bench.store.scanState(id)).heldBack).toEqual(held);
  expect(told()).toHaveLength(1);
  expect(JSON.parse(told()[0] ?? '')).toMatchObject({
    source: 'FINX',
    count: held.records,
    msg: expect.stringMatching(
      `${held.records} of ${held.of} records.*kyc-gateway scans confirm FINX --scan 3$`,
    ),
  });

  await bench.store.noteFailure(id, { ...incomplete('It did not answer.'), code: 'SOURCE_UNREACHABLE' });
  const reports = await bench.loaders().reportsOfLists();
  expect(reports.find((one) => one.source === 'FINX')).toMatchObject({
    state: 'PARTIAL',
    error: { code: 'SOURCE_UNREACHABLE' },
  });
  await bench.store.confirmDeletions(id, held.scan);
  expect((await bench.store.countOfSource(id)).records).toBe(1);
});
