import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { type CuttableProxy, createCuttableProxy } from '#store/testing/cuttable-proxy';
import { postgresServer } from '#store/testing/postgres-databases';

import { expectWholeLog } from '../harness/expect-whole-log.ts';
import { GatewayProcess } from '../harness/gateway-process.ts';
import { otherWay, sharesOf } from '../harness/shared-work.ts';
import { until } from '../harness/until.ts';
import { World } from '../harness/world.ts';

const PACE = {
  FINOGATES_SCAN_S: '1',
  FINX_SCAN_S: '1',
  ROCKETKOR_SCAN_S: '1',
  UPVEST_POLL_S: '1',
  SUMVIN_POLL_S: '1',
};
/** Five sources and what concerns none. */
const WORK = 6;
const REPLACED_WITHIN_MS = 15_000;
const PATIENCE_MS = 120_000;

/** Gateways as processes of their own, which are killed, held and cut off. */
describe.skipIf(postgresServer === null)('gateways on one PostgreSQL database', () => {
  let world: World;
  let way: CuttableProxy;
  let running: GatewayProcess[];
  beforeEach(async () => {
    world = await World.create({ people: 60, settings: PACE, store: 'POSTGRES' });
    way = await createCuttableProxy(world.database.url);
    running = [];
  });
  afterEach(async () => {
    for (const gateway of running) await gateway[Symbol.asyncDispose]();
    await way.cut();
    await world[Symbol.asyncDispose]();
  });

  async function start(overrides: Readonly<Record<string, string>> = {}): Promise<GatewayProcess> {
    const gateway = new GatewayProcess(
      { ...world.environment, LOG_LEVEL: 'warn', ...overrides },
      world.folder,
    );
    running.push(gateway);
    await until('it is up', () => gateway.url ?? (gateway.isAlive ? null : 'DEAD'), PATIENCE_MS);
    return gateway;
  }
  const shares = async () => (await sharesOf(world)).toString();
  const untilShared = () => until('they share the work', async () => (await shares()) === '3,3', PATIENCE_MS);
  const untilOneHasAll = () => until('one has all', async () => (await shares()) === `${WORK}`, PATIENCE_MS);
  const isReady = async ({ url }: GatewayProcess) => (await fetch(new URL('/ready', url ?? ''))).ok;

  test('one that is killed is replaced within fifteen seconds, wherever it was', async () => {
    let [dying, staying] = [await start(), await start(otherWay(world))];
    const took: number[] = [];
    for (let kill = 0; kill < 4; kill += 1) {
      await untilShared();
      for (const sandbox of world.sandboxes.values()) sandbox.move();
      const killedMs = performance.now();
      await dying.end('SIGKILL');
      await untilOneHasAll();
      took.push(Math.round(performance.now() - killedMs));
      [dying, staying] = [staying, await start()];
    }
    console.log(`Replaced after ${took.join(', ')} ms.`);
    expect(Math.max(...took)).toBeLessThan(REPLACED_WITHIN_MS);
    expect(await expectWholeLog(world.database)).toBeGreaterThan(100);
  }, 600_000);

  test('one that is asked to end is replaced at once', async () => {
    const [ending] = [await start(), await start()];
    await untilShared();
    await ending.end('SIGTERM');
    const endedMs = performance.now();
    await untilOneHasAll();
    console.log(`Replaced ${Math.round(performance.now() - endedMs)} ms after its end.`);
    expect(performance.now() - endedMs).toBeLessThan(5000);
  }, 600_000);

  test('one that was held while another took over writes nothing over it, and takes its part again', async () => {
    const [held] = [await start(), await start(otherWay(world))];
    await untilShared();
    held.hold();
    await untilOneHasAll();
    for (const sandbox of world.sandboxes.values()) sandbox.move();
    held.goOn();
    await untilShared();
    expect(await isReady(held)).toBe(true);
    expect(held.complaints).toContain('A lease was lost');
    expect(held.complaints).not.toContain('"level":50');
    expect(await expectWholeLog(world.database)).toBeGreaterThan(100);
  }, 600_000);

  test.each(['CUT', 'SILENT'] as const)(
    'one whose way to the database is %s heals',
    async (how) => {
      await start(otherWay(world));
      const far = await start({ DATABASE_URL: way.url });
      await untilShared();
      if (how === 'CUT') await way.cut();
      else way.stall();
      const lostMs = performance.now();
      if (how === 'CUT') {
        await untilOneHasAll();
        expect(await isReady(far)).toBe(false);
        await way.restore();
      }
      await until('it is ready', () => isReady(far), PATIENCE_MS);
      await untilShared();
      console.log(`${how}: whole again after ${Math.round(performance.now() - lostMs)} ms.`);
      expect(await expectWholeLog(world.database)).toBeGreaterThan(100);
    },
    600_000,
  );
});
