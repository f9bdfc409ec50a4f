import { expect, test } from 'vitest';

import { LOCAL_OPERATOR, type Principal } from '#access/principal';
import { UnauthenticatedError } from '#access/unauthenticated-error';
import { LogTail } from '#loaders/log-tail';
import { FakeLog } from '#loaders/testing/fake-log';
import { PositionLostError } from '#store/changes/changes';
import { StoreUnavailableError } from '#store/database';

import { LogLines } from '../../test/harness/bench.ts';
import type { GraphContext } from './context.ts';
import type { LogEvent } from './log-event.ts';
import { type LogQuery, type TailTimes, tailLog } from './tail-log.ts';
import { createFakeContext } from './testing/fake-context.ts';

interface Row {
  readonly position: number;
}

/** A log of rows that are all meant, and one who may see what `isSeen` says. */
class World {
  readonly log = new FakeLog();
  readonly reads: { after: number; limit: number }[] = [];
  readonly stop = new AbortController();
  renewals = 0;
  isSeen: (position: number) => boolean = () => true;
  /** Thrown by the next reads, one after the other. */
  readonly faults: Error[] = [];
  onRenewal: () => void = () => {};
  caller: Principal = LOCAL_OPERATOR;
  readonly #context = createFakeContext().context;

  context(over: Partial<GraphContext> = {}): GraphContext {
    const { store } = this.#context;
    const changes = {
      ...store.changes,
      head: async () => this.log.entries.length,
      readStatusChanges: async ({ after }: { after: number }) => {
        if (after < this.log.cut) throw new PositionLostError('It was cut.');
        return { rows: [], reached: after };
      },
    };
    const logTail = new LogTail(this.log.store, new LogLines().log, {
      pollMs: 5,
      paceMs: 1,
      entriesKept: 20,
    });
    const anew = async (): Promise<GraphContext> => {
      this.renewals += 1;
      this.onRenewal();
      return { ...context, principal: this.caller };
    };
    const { signal } = this.stop;
    const base = { ...this.#context, store: { ...store, changes } };
    const context: GraphContext = { ...base, logTail, signal, anew, ...over };
    return context;
  }

  readonly query: LogQuery<Row, number> = {
    read: async ({ after, limit }) => {
      this.reads.push({ after, limit });
      const fault = this.faults.shift();
      if (fault !== undefined) throw fault;
      const end = Math.min(this.log.entries.length, after + 50);
      const all = Array.from({ length: end - after }, (_, at) => ({ position: after + at + 1 }));
      const rows = all.filter(({ position }) => this.isSeen(position)).slice(0, limit);
      return { rows, reached: rows.length === limit ? (rows.at(-1)?.position ?? after) : end };
    },
    give: async ({ position }) => position,
    giveLater: async ({ position }) => (this.isSeen(position) ? position : null),
    interest: ({ userId }) => ({
      userIds: userId === null ? null : new Set([userId]),
      verificationIds: null,
      fits: () => true,
    }),
  };

  async tail(after: number | null, over: Partial<GraphContext> = {}, times: Partial<TailTimes> = {}) {
    const context = this.context(over);
    const cursor = after === null ? null : context.logCursors.seal(after);
    const events = await tailLog(this.query, cursor, context, { heartbeatMs: 60_000, retryMs: 1, ...times });
    const words = async (count: number) => {
      const told = [];
      while (told.length < count) {
        const { value } = await events.next();
        if (value === undefined) break;
        told.push(value.row ?? `at ${context.logCursors.open(value.cursor)}`);
      }
      return told;
    };
    return { events, words, context };
  }
}

test('begins with its position, and reads nothing before it is asked for more', async () => {
  const world = new World();
  world.log.append({}, {}, {});
  const { words } = await world.tail(1);
  expect(await words(1)).toEqual(['at 1']);
  expect(world.reads).toEqual([]);
  expect(await words(2)).toEqual([2, 3]);
  expect(world.reads).toEqual([{ after: 1, limit: 25 }]);
  world.stop.abort();
});

test('goes on where a client was cut off, whatever the operation says', async () => {
  const world = new World();
  world.log.append({}, {}, {});
  const resumeAfter = world.context().logCursors.seal(2);
  const { words } = await world.tail(0, { resumeAfter });
  expect(await words(2)).toEqual(['at 2', 3]);
  world.stop.abort();
});

test('says how far nothing was, again and again, and looks each time who asks', async () => {
  const world = new World();
  const { words } = await world.tail(null, {}, { heartbeatMs: 1 });
  world.isSeen = () => false;
  expect(await words(3)).toEqual(['at 0', 'at 0', 'at 0']);
  expect(world.renewals).toBeGreaterThan(1);
  world.log.append({}, {});
  await expect.poll(() => words(1)).toEqual(['at 2']);
  world.stop.abort();
});

test('says where it is while it reads through much in which nothing is', async () => {
  const world = new World();
  world.log.append(...Array.from({ length: 5000 }, () => ({})));
  world.isSeen = (position) => position === 5000;
  const { words } = await world.tail(0, {}, { heartbeatMs: 0 });
  const told = await words(101);
  expect(told.slice(-2)).toEqual(['at 4950', 5000]);
  expect(told.slice(0, 3)).toEqual(['at 0', 'at 50', 'at 100']);
  world.stop.abort();
});

test('ends with who asked, though nothing happens', async () => {
  const world = new World();
  const { events, words } = await world.tail(null, {}, { heartbeatMs: 1 });
  expect(await words(1)).toEqual(['at 0']);
  world.onRenewal = () => {
    throw new UnauthenticatedError('Not any more.');
  };
  await expect(words(5)).rejects.toThrow(UnauthenticatedError);
  expect(await events.next()).toEqual({ done: true, value: undefined });
});

test('looks again where it waited for who the caller was, and they are another one by now', async () => {
  const world = new World();
  world.caller = { ...LOCAL_OPERATOR, userId: 'anna' };
  const { words } = await world.tail(null, { principal: world.caller }, { heartbeatMs: 20 });
  expect(await words(1)).toEqual(['at 0']);
  const next = words(1);
  world.log.append({ userIds: ['ben'] }, { userIds: ['ben'] });
  world.caller = { ...LOCAL_OPERATOR, userId: 'ben' };
  const told = await next;
  while (told.at(-1) !== 2) told.push(...(await words(1)));
  expect(told.filter((word) => typeof word === 'number')).toEqual([1, 2]);
  world.stop.abort();
});

test('reads again what it read while the end user became another one', async () => {
  const world = new World();
  const endUser = (userId: string): Principal => ({ ...LOCAL_OPERATOR, kind: 'END_USER', userId });
  world.caller = endUser('anna');
  const { words } = await world.tail(0, { principal: world.caller });
  expect(await words(1)).toEqual(['at 0']);
  world.log.append({ userIds: ['anna'] }, { userIds: ['anna'] });
  world.isSeen = () => {
    // Merged between the look at who asks and the read, which is still as of who they were.
    world.caller = endUser('ben');
    world.isSeen = () => true;
    return false;
  };
  expect(await words(2)).toEqual([1, 2]);
  world.isSeen = () => true;
  world.stop.abort();
});

test('gives of what it read ahead what is in sight when it is given', async () => {
  const world = new World();
  world.log.append({}, {}, {}, {});
  const { words } = await world.tail(0);
  expect(await words(2)).toEqual(['at 0', 1]);
  world.isSeen = (position) => position !== 2;
  const renewals = world.renewals;
  expect(await words(2)).toEqual([3, 4]);
  expect(world.renewals).toBe(renewals + 3);
  expect(world.reads).toHaveLength(1);
  world.stop.abort();
});

test('goes on behind what it gave when the store was away, whatever it was away for', async () => {
  const world = new World();
  world.log.append(...Array.from({ length: 30 }, () => ({})));
  let calls = 0;
  world.onRenewal = () => {
    calls += 1;
    if (calls % 3 === 0) throw new StoreUnavailableError('It is away.');
  };
  world.faults.push(new StoreUnavailableError('It is away.'));
  const { words } = await world.tail(0);
  expect(await words(31)).toEqual(['at 0', ...Array.from({ length: 30 }, (_, at) => at + 1)]);
  world.stop.abort();
});

test('tells an event once more as it is by then, for who could not be given it', async () => {
  const world = new World();
  world.log.append({});
  const { events } = await world.tail(0);
  await events.next();
  const { value } = (await events.next()) as { value: LogEvent<number> };
  expect(await value.again()).toMatchObject({ row: 1, cursor: expect.any(String) });
  world.isSeen = () => false;
  expect(await value.again()).toBeNull();
  world.stop.abort();
});

test.each<[string, (world: World) => void, string]>([
  ['is not held', (world) => void world.faults.push(new PositionLostError('It was cut.')), 'CURSOR_EXPIRED'],
  ['fails', (world) => void world.faults.push(new RangeError('passport')), ''],
])('ends with an error when what comes next %s', async (_, harm, code) => {
  const world = new World();
  const { events } = await world.tail(null);
  await events.next();
  harm(world);
  world.log.append({});
  const error: unknown = await events.next().catch((thrown: unknown) => thrown);
  expect((error as { extensions?: Record<string, unknown> }).extensions?.['code'] ?? '').toBe(code);
  expect(await events.next()).toEqual({ done: true, value: undefined });
  expect(world.log.listeners).toBe(0);
});

test('is refused at once from a position that is not held', async () => {
  const world = new World();
  world.log.append({}, {}, {});
  world.log.cut = 2;
  await expect(world.tail(1)).rejects.toThrow(PositionLostError);
  expect(world.log.listeners).toBe(0);
});

test('follows nothing any more when its listener is gone, also one who never listened', async () => {
  const world = new World();
  const { events } = await world.tail(null);
  const { events: unheard } = await world.tail(null);
  await events.next();
  const next = events.next();
  expect(world.log.listeners).toBe(1);
  world.stop.abort();
  expect(await next).toEqual({ done: true, value: undefined });
  await unheard.return();
  expect(await unheard.next()).toEqual({ done: true, value: undefined });
  expect(world.log.listeners).toBe(0);
});
