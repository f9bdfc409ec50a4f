import { afterEach, expect, test, vi } from 'vitest';

import { LeaseLostError } from '#store/leases/leases';

import { LogLines } from '../../test/harness/bench.ts';
import { until } from '../../test/harness/until.ts';
import { Loop } from './loop.ts';

const FAR_MS = 600_000;
const loops: Loop[] = [];
afterEach(async () => {
  await Promise.all(loops.splice(0).map((loop) => loop.stop()));
});

/** A loop that counts its runs; each run ends when its turn in `gates` does. */
function createLoop(options: { waitMs?: number; gates?: readonly Promise<void>[] } = {}) {
  const seen = { runs: 0, aborted: false };
  const { lines, log } = new LogLines();
  const loop = new Loop(async (signal) => {
    seen.runs += 1;
    await options.gates?.[seen.runs - 1];
    seen.aborted = signal.aborted;
    return options.waitMs ?? FAR_MS;
  }, log);
  loops.push(loop);
  return { loop, seen, lines };
}

test('runs again and again, as often as each run says', async () => {
  const { loop, seen } = createLoop({ waitMs: 1 });
  loop.start();
  loop.start();
  await until('it has run thrice', () => seen.runs >= 3);
});

test('says when it runs next, and nothing while it runs or before the start', async () => {
  const gate = Promise.withResolvers<void>();
  const { loop, seen } = createLoop({ gates: [gate.promise] });
  expect(loop.nextAtMs).toBeNull();
  loop.start();
  await until('it runs', () => seen.runs === 1);
  expect(loop.nextAtMs).toBeNull();
  gate.resolve();
  expect(await until('it waits', () => loop.nextAtMs)).toBeGreaterThan(Date.now());
});

test('is brought forward, but no closer to the last run than the gap', async () => {
  const { loop, seen } = createLoop();
  loop.start();
  const planned = await until('it waits', () => loop.nextAtMs);
  loop.bringForward(FAR_MS / 2);
  const sooner = loop.nextAtMs ?? 0;
  expect(sooner).toBeLessThan(planned);
  expect(sooner).toBeGreaterThan(Date.now());
  loop.bringForward(FAR_MS);
  expect(loop.nextAtMs).toBe(sooner);
  expect(seen.runs).toBe(1);
  loop.bringForward(0);
  await until('it has run again', () => seen.runs === 2);
});

test('runs once more for what was asked for during a run', async () => {
  const gate = Promise.withResolvers<void>();
  const { loop, seen } = createLoop({ gates: [gate.promise] });
  loop.start();
  await until('it runs', () => seen.runs === 1);
  loop.bringForward(FAR_MS);
  loop.bringForward(0);
  gate.resolve();
  await until('it has run again', () => seen.runs === 2);
  await until('it waits as it planned itself', () => (loop.nextAtMs ?? 0) > Date.now() + FAR_MS / 2);
});

test('is held up by no clock that is turned back', async () => {
  const { loop, seen } = createLoop({ waitMs: 50 });
  loop.start();
  await until('it waits', () => loop.nextAtMs);
  const past = Date.now() - FAR_MS;
  const clock = vi.spyOn(Date, 'now').mockImplementation(() => past);
  try {
    const { runs } = seen;
    await until('it has run again', () => seen.runs > runs);
  } finally {
    clock.mockRestore();
  }
});

test('stops while it waits', async () => {
  const { loop, seen } = createLoop();
  loop.start();
  await until('it waits', () => loop.nextAtMs);
  await loop.stop();
  loop.bringForward(0);
  expect(seen.runs).toBe(1);
});

test('stops while it runs: the run is told, and waited for', async () => {
  const gate = Promise.withResolvers<void>();
  const { loop, seen } = createLoop({ gates: [gate.promise] });
  loop.start();
  await until('it runs', () => seen.runs === 1);
  let stopped = false;
  const stopping = loop.stop().then(() => {
    stopped = true;
  });
  await Promise.resolve();
  expect(stopped).toBe(false);
  gate.resolve();
  await stopping;
  expect(seen).toEqual({ runs: 1, aborted: true });
});

test('never runs when it is stopped before the start', async () => {
  const { loop, seen } = createLoop();
  await loop.stop();
  loop.start();
  await loop.stop();
  expect(seen.runs).toBe(0);
});

test('outlives a run that throws, and logs no word of the error', async () => {
  let runs = 0;
  const { lines, log } = new LogLines();
  const loop = new Loop(async () => {
    runs += 1;
    if (runs === 1) throw new RangeError('a secret');
    return FAR_MS;
  }, log);
  loops.push(loop);
  loop.start();
  await until('it has run again', () => runs === 2);
  expect(lines.join('')).toContain('RangeError');
  expect(lines.join('')).not.toContain('a secret');
});

test('goes on where the work stopped elsewhere: no sooner than planned, no closer to the last run than the gap', async () => {
  const { loop, seen } = createLoop();
  loop.start({ startedAgoMs: FAR_MS / 4, nextInMs: FAR_MS });
  await until('it waits', () => (loop.nextAtMs ?? 0) > Date.now() + FAR_MS / 2);
  expect(loop.startedAgoMs).toBeGreaterThanOrEqual(FAR_MS / 4);
  loop.bringForward(FAR_MS);
  expect(loop.nextInMs).toBeLessThanOrEqual(FAR_MS * 0.75);
  expect(loop.nextInMs).toBeGreaterThan(FAR_MS / 2);
  expect(seen.runs).toBe(0);
  loop.bringForward(0);
  await until('it runs', () => seen.runs === 1);
});

test('ends without a word when another gateway has taken over', async () => {
  let runs = 0;
  const { lines, log } = new LogLines();
  const loop = new Loop(async (signal) => {
    runs += 1;
    if (runs === 2) throw new LeaseLostError('Taken.');
    return signal.aborted ? FAR_MS : 1;
  }, log);
  loops.push(loop);
  loop.start();
  await until('it was overtaken', () => runs === 2);
  await loop.stop();
  loop.bringForward(0);
  expect([runs, lines]).toEqual([2, []]);
});
