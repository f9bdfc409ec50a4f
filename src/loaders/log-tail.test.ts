import fc from 'fast-check';
import { afterEach, describe, expect, test } from 'vitest';

import type { LogEntry } from '#store/changes/changes';

import { LogLines } from '../../test/harness/bench.ts';
import { until } from '../../test/harness/until.ts';
import { isOfInterest, type LogInterest } from './log-interest.ts';
import type { LogReaderTimes } from './log-reader.ts';
import { type LogFollower, LogTail } from './log-tail.ts';
import { FakeLog } from './testing/fake-log.ts';

const LONG_MS = 60_000;
const never = new AbortController().signal;

let opened: LogFollower[] = [];
afterEach(() => {
  for (const follower of opened) follower[Symbol.dispose]();
  opened = [];
});

/** The bell alone is heard, unless a test says otherwise. */
function openTail(times: Partial<LogReaderTimes> = {}) {
  const log = new FakeLog();
  const { lines, log: logger } = new LogLines();
  const tail = new LogTail(log.store, logger, { pollMs: LONG_MS, paceMs: 1, ...times });
  const follow = () => {
    const follower = tail.follow();
    opened.push(follower);
    return follower;
  };
  return { log, lines, tail, follow };
}

function interest(over: { users?: string[]; records?: string[]; fits?: LogInterest['fits'] } = {}) {
  return {
    userIds: over.users === undefined ? null : new Set(over.users),
    verificationIds: over.records === undefined ? null : new Set(over.records),
    fits: over.fits ?? (() => true),
  };
}
const wait = (waitMs = LONG_MS, signal = never) => ({ waitMs, signal });
/** Waits until all that was asked of it so far is asked for, and known not to be there. */
async function untilRead(log: FakeLog): Promise<void> {
  const { reads } = log;
  await until('it was read to its end', () => log.reads > reads);
}

describe('who follows the log', () => {
  test('is told at once to read what lies before it was followed, and waits for the rest', async () => {
    const { log, follow } = openTail();
    log.append({}, {});
    const follower = follow();
    expect(await follower.next(0, interest(), wait())).toEqual({ position: 0, isMore: true });
    const next = follower.next(2, interest(), wait());
    log.append({});
    expect(await next).toEqual({ position: 2, isMore: true });
  });

  test.each<[string, LogInterest, Partial<LogEntry>, Partial<LogEntry>]>([
    ['a user', interest({ users: ['anna'] }), { userIds: ['ben'] }, { userIds: ['ben', 'anna'] }],
    [
      'a record',
      interest({ records: ['r1'] }),
      { verificationId: null, userIds: ['r1'] },
      { verificationId: 'r1' },
    ],
    [
      'a record of a user',
      interest({ records: ['r1'], users: ['anna'] }),
      { verificationId: 'r1', userIds: ['ben'] },
      { verificationId: 'r1', userIds: ['anna'] },
    ],
    ['a status', interest({ fits: ({ to }) => to === 'REJECTED' }), { to: 'PENDING' }, { to: 'REJECTED' }],
  ])('waits for %s and sleeps through the rest', async (_, wanted, other, meant) => {
    const { log, follow } = openTail();
    const follower = follow();
    await until('it is known where the log ends', () => log.reads > 0);
    const next = follower.next(0, wanted, wait());
    log.append(other);
    await untilRead(log);
    log.append(other, meant);
    expect(await next).toEqual({ position: 2, isMore: true });
    // It is known of what was read, too: who comes later is told at once, or waits.
    expect(await follower.next(0, wanted, wait())).toEqual({ position: 2, isMore: true });
  });

  test('hears how far nothing was when the time is over, or the wait is given up', async () => {
    const { log, follow } = openTail();
    const follower = follow();
    const stop = new AbortController();
    const given = follower.next(0, interest({ users: ['anna'] }), wait(LONG_MS, stop.signal));
    log.append({ userIds: ['ben'] }, {});
    await until('it is read', () => log.reads >= 2);
    await untilQuiet(log);
    expect(await follower.next(0, interest({ users: ['anna'] }), wait(1))).toEqual({
      position: 2,
      isMore: false,
    });
    stop.abort();
    expect(await given).toEqual({ position: 2, isMore: false });
    expect(await follower.next(0, interest({ users: ['x'] }), wait(LONG_MS, stop.signal))).toEqual({
      position: 0,
      isMore: false,
    });
  });
});

/** Until no read is under way or due. */
async function untilQuiet(log: FakeLog): Promise<void> {
  await until('nothing is read', async () => {
    const { reads } = log;
    await new Promise((resolve) => setTimeout(resolve, 10));
    return log.reads === reads;
  });
}

describe('the end of the log', () => {
  test('is read once for all, and a burst together', async () => {
    const { log, follow } = openTail({ paceMs: 5 });
    const followers = Array.from({ length: 200 }, follow);
    await untilQuiet(log);
    const { reads } = log;
    const woken = followers.map((follower) => follower.next(0, interest(), wait()));
    for (let n = 0; n < 100; n += 1) log.append({});
    await Promise.all(woken);
    await untilQuiet(log);
    expect(log.reads - reads).toBeLessThan(5);
    expect(log.listeners).toBe(1);
  });

  test('is looked at without a bell, too', async () => {
    const { log, follow } = openTail({ pollMs: 5 });
    const next = follow().next(0, interest(), wait());
    await until('it is known where the log ends', () => log.reads > 1);
    log.appendSilently({});
    expect(await next).toEqual({ position: 0, isMore: true });
  });

  test('is waited for while the store is away, and nothing is lost or said', async () => {
    const { log, lines, follow } = openTail({ pollMs: 1 });
    log.isAway = true;
    const follower = follow();
    const next = follower.next(0, interest(), wait());
    await until('it was tried again', () => log.reads > 2);
    log.append({});
    log.isAway = false;
    expect(await next).toEqual({ position: 0, isMore: true });
    expect(lines).toEqual([]);
  });

  test.each<[string, (log: FakeLog) => void]>([
    ['cut', (log) => void (log.cut = log.entries.length)],
    ['put back', (log) => void (log.entries.length = 1)],
  ])('that was %s while the store was away is for everybody to look at', async (_, harm) => {
    const { log, follow } = openTail({ pollMs: 1 });
    log.append({}, {}, {});
    const follower = follow();
    await until('it is known where the log ends', () => log.reads > 1);
    const next = follower.next(3, interest({ users: ['anna'] }), wait());
    log.isAway = true;
    log.append({}, {});
    harm(log);
    log.isAway = false;
    expect(await next).toEqual({ position: 3, isMore: true });
    const later = follower.next(log.entries.length, interest(), wait());
    await until('it is read again', () => log.reads > 6);
    log.append({});
    expect(await later).toMatchObject({ isMore: true });
  });

  test('is not read while nobody follows', async () => {
    const { log, tail } = openTail({ pollMs: 1 });
    const [one, other] = [tail.follow(), tail.follow()];
    await until('it is read', () => log.reads > 3);
    one[Symbol.dispose]();
    one[Symbol.dispose]();
    await untilRead(log);
    expect(tail.followers).toBe(1);
    other[Symbol.dispose]();
    expect(log.listeners).toBe(0);
    await untilQuiet(log);
    log.append({});
    using again = tail.follow();
    expect(await again.next(0, interest(), wait())).toEqual({ position: 0, isMore: true });
  });
});

const anyEntry = fc.record({
  userIds: fc.subarray(['anna', 'ben', 'cara']),
  verificationId: fc.constantFrom('r1', 'r2', null),
  effective: fc.boolean(),
});
const anyInterest = fc.record({
  users: fc.option(fc.subarray(['anna', 'ben', 'cara']), { nil: undefined }),
  records: fc.option(fc.subarray(['r1', 'r2']), { nil: undefined }),
  effective: fc.boolean(),
});

test('whoever follows, however fast and from wherever, reads all that is of interest to them', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(anyEntry, { minLength: 1, maxLength: 12 }), { minLength: 1, maxLength: 12 }),
      fc.array(fc.tuple(anyInterest, fc.nat({ max: 3 }), fc.nat({ max: 5 })), { minLength: 1, maxLength: 6 }),
      async (bursts, readers) => {
        const { log, tail } = openTail({ paceMs: 0, entriesAtOnce: 5, entriesKept: 6, pollMs: 1 });
        const total = bursts.flat().length;
        const followed = readers.map(async ([{ users, records, effective }, idle, start]) => {
          const fits = (entry: LogEntry) => !effective || entry.effective;
          const wanted = { ...interest({ fits }), ...listsOf(users, records) };
          const from = Math.min(start, bursts[0]?.length ?? 0);
          return { wanted, from, read: await readAll({ log, tail, wanted, from, idle, total }) };
        });
        for (const burst of bursts) {
          log.append(...burst);
          await new Promise((resolve) => setImmediate(resolve));
        }
        for (const { wanted, from, read } of await Promise.all(followed))
          expect(read).toEqual(
            log.entries
              .filter((entry) => entry.position > from && isOfInterest(entry, wanted))
              .map(({ position }) => position),
          );
      },
    ),
    { numRuns: 60 },
  );
});

function listsOf(users?: string[], records?: string[]): Pick<LogInterest, 'userIds' | 'verificationIds'> {
  return {
    userIds: users === undefined ? null : new Set(users),
    verificationIds: records === undefined ? null : new Set(records),
  };
}

/** As a subscription does it: reads a step of three where it is told to, else goes on. */
async function readAll(of: {
  log: FakeLog;
  tail: LogTail;
  wanted: LogInterest;
  from: number;
  idle: number;
  total: number;
}): Promise<readonly number[]> {
  using follower = of.tail.follow();
  const read: number[] = [];
  for (let position = of.from; position < of.total; ) {
    for (let n = 0; n < of.idle; n += 1) await new Promise((resolve) => setImmediate(resolve));
    const ahead = await follower.next(position, of.wanted, wait(2));
    expect(ahead.position).toBeGreaterThanOrEqual(position);
    position = ahead.position;
    if (!ahead.isMore) continue;
    const step = of.log.entries.slice(position, position + 3);
    read.push(...step.filter((entry) => isOfInterest(entry, of.wanted)).map((entry) => entry.position));
    position += step.length;
  }
  return read;
}
