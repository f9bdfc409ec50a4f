import { afterEach, beforeEach, expect, test, vi } from 'vitest';

import { OpenStreams } from './open-streams.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function streamsOf(count: number) {
  const streams = new OpenStreams();
  let told = 0;
  for (let made = 0; made < count; made += 1) streams.add({ leave: () => (told += 1) });
  return { streams, told: () => told };
}

test('many are told over five seconds, and not all at once', async () => {
  const { streams, told } = streamsOf(10_000);
  const all = streams.leaveAll();
  await vi.advanceTimersByTimeAsync(2500);
  expect(told()).toBeGreaterThan(4000);
  expect(told()).toBeLessThan(6000);
  await vi.advanceTimersByTimeAsync(2500);
  expect(told()).toBe(10_000);
  await all;
});

test('few are told at once', async () => {
  const { streams, told } = streamsOf(10);
  await streams.leaveAll();
  expect(told()).toBe(10);
});

test('who comes late is told at once', async () => {
  const { streams } = streamsOf(0);
  await streams.leaveAll();
  const leave = vi.fn();
  streams.add({ leave });
  expect(leave).toHaveBeenCalledOnce();
});
