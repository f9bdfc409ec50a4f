import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { StoreUnavailableError } from '#store/database';
import type { Leases } from '#store/leases/leases';
import { openPostgresStore } from '#store/open-store';
import type { Store } from '#store/store';
import { createTestDatabase, postgresServer, type TestDatabase } from '#store/testing/postgres-databases';
import { OPTIONS } from '#store/testing/with-postgres';

import { LogLines } from '../../test/harness/bench.ts';
import { until } from '../../test/harness/until.ts';
import type { Duty } from './duty.ts';
import { DutyRoster, type LeasePace } from './duty-roster.ts';
import { Loop } from './loop.ts';

const NAMES = ['A', 'B', 'C', 'D'];
const FAR_MS = 600_000;
/** So long that no test ends a lease by waiting, however this machine stalls. */
const LONG: LeasePace = { leaseMs: FAR_MS, renewEveryMs: 100, lookEveryMs: 50, marginMs: 500 };
const SHORT: LeasePace = { ...LONG, leaseMs: 1500 };

describe.skipIf(postgresServer === null)('gateways that share a store', () => {
  let database: TestDatabase;
  let store: Store;
  let rosters: DutyRoster[];
  beforeEach(async () => {
    database = await createTestDatabase();
    store = await openPostgresStore(database.url, OPTIONS);
    rosters = [];
  });
  afterEach(async () => {
    for (const roster of rosters) await roster.stop();
    await store.close();
    await database.drop();
  });

  /** A gateway, and how often it ran what. */
  async function gateway(of: { leases?: Partial<Leases>; names?: readonly string[]; pace?: LeasePace } = {}) {
    const running = new Set<string>();
    const runs: string[] = [];
    const { log, lines } = new LogLines();
    const duties = (of.names ?? NAMES).map(
      (name): Duty => ({
        name,
        minGapMs: 0,
        createLoops: () => {
          const loop = new Loop(async (signal) => {
            runs.push(name);
            running.add(name);
            signal.addEventListener('abort', () => running.delete(name));
            return FAR_MS;
          }, log);
          return [loop];
        },
      }),
    );
    const seen = { ...store, leases: { ...store.leases, ...of.leases } };
    const roster = new DutyRoster(seen, duties, log, of.pace ?? LONG);
    rosters.push(roster);
    await roster.start();
    return { roster, running, runs, lines };
  }

  test('share the work evenly, each piece done by one, and who stops leaves it to the others at once', async () => {
    const one = await gateway();
    expect(one.runs.toSorted()).toEqual(NAMES);
    const two = await gateway();
    await until('they share', () => two.roster.held.length === 2);
    expect([...one.roster.held, ...two.roster.held].toSorted()).toEqual(NAMES);
    await one.roster.stop();
    expect(one.running.size).toBe(0);
    await until('the other has all', () => two.roster.held.length === NAMES.length);
  });

  test('go on in step: what is taken over is done when it was planned, or sooner if it was wanted', async () => {
    const one = await gateway({ names: ['A'] });
    const planned = await until('it waits', () => one.roster.nextAtMs('A'));
    await until('that is known', async () => {
      const { leases } = await store.leases.read();
      return leases[0]?.nextAtMs !== null;
    });
    const two = await gateway({ names: ['A'] });
    expect(Math.abs((two.roster.nextAtMs('A') ?? 0) - planned)).toBeLessThan(60_000);
    await one.roster.stop();
    await until('it is taken over', () => two.roster.held.length === 1);
    expect(Math.abs((two.roster.nextAtMs('A') ?? 0) - planned)).toBeLessThan(60_000);
    expect(two.runs).toEqual([]);
    const three = await gateway({ names: ['A'] });
    three.roster.bringForward('A');
    await until('it is done sooner', () => two.runs.length === 1);
    expect(three.runs).toEqual([]);
  });

  test('stop work whose lease they cannot renew before another takes it, and have it again when they can', async () => {
    let isAway = false;
    const away =
      <Args extends unknown[], Result>(work: (...args: Args) => Promise<Result>) =>
      async (...args: Args): Promise<Result> => {
        if (isAway) throw new StoreUnavailableError('Away.');
        return await work(...args);
      };
    const { renew, read, take, want } = store.leases;
    const leases = { renew: away(renew), read: away(read), take: away(take), want: away(want) };
    const one = await gateway({ leases, names: ['A'], pace: SHORT });
    const two = await gateway({ names: ['A'], pace: SHORT });
    isAway = true;
    await until('it has stopped', () => one.running.size === 0);
    expect(two.runs).toEqual([]);
    await until('the other has it', () => two.roster.held.length === 1);
    isAway = false;
    await two.roster.stop();
    await until('it has it again', () => one.roster.held.length === 1);
    expect(one.lines.join('')).toContain('A lease was lost');
  });

  test('end at once while the store is away: nothing is given back then, it ends by itself', async () => {
    let isAway = false;
    const read = () => (isAway ? Promise.reject(new StoreUnavailableError('Away.')) : store.leases.read());
    const asked: string[] = [];
    const release: Leases['release'] = async ({ name }) => void asked.push(name);
    const leave: Leases['leave'] = async () => void asked.push('leave');
    const one = await gateway({ leases: { read, release, leave } });
    isAway = true;
    await until('it is noticed', () => one.lines.join('').includes('StoreUnavailableError'));
    await one.roster.stop();
    expect(one.running.size).toBe(0);
    expect(asked).toEqual([]);
  });

  test('do what is theirs alone: one that works on less than another gets no more than that', async () => {
    const all = await gateway();
    const few = await gateway({ names: ['D'] });
    await until('it has its part', () => few.roster.held.length === 1);
    expect(all.roster.held.toSorted()).toEqual(['A', 'B', 'C']);
    await few.roster.stop();
    await until('it is left to the other', () => all.roster.held.length === NAMES.length);
  });
});
