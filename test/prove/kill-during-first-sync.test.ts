import { expect, test } from 'vitest';

import { rooms } from '#sources/index';

import {
  expectFirstSights,
  expectLittleReadTwice,
  expectUsers,
  expectWholeLives,
  finish,
  shownByGraph,
  stopCleanly,
} from '../harness/first-sync-proof.ts';
import { heldAtSources } from '../harness/held-at-sources.ts';
import { FILES_OF_START, KilledFirstSync, type Life } from '../harness/kill-first-sync.ts';
import { until } from '../harness/until.ts';

/** All is read again every second, as fast as it goes. */
const OFTEN = Object.fromEntries(
  rooms.flatMap(({ descriptor: { id }, variables }) => [
    ...['SCAN_S', 'POLL_S', 'POLL_FINAL_S']
      .map((name) => `${id}_${name}`)
      .filter((name) => variables.includes(name))
      .map((name) => [name, '1']),
    [`${id}_RATE_PER_S`, '1000'],
  ]),
);
const PEOPLE = 2500;
const TWENTY = { kills: 20, filesOfStart: FILES_OF_START };

function report(lives: readonly Life[]): void {
  for (const { moment, left, wentOn } of lives)
    console.log(
      `${moment}: ${left.verifications.length} records, ${left.changes.length} rows of the log; had gone on at ${wentOn.join(', ') || 'none'}`,
    );
}

test('twenty kills in the first sync: nothing doubled or lost, checkpoints used', async () => {
  const plan = { ...TWENTY, people: PEOPLE, pageRows: 20, requestsPerLife: 200, seed: 20_261_121 };
  await using sync = await KilledFirstSync.run({ ...plan, introduce: 'IDENTITIES' });
  report(sync.lives);
  expectWholeLives(sync);
  expect(sync.lives.filter(({ wentOn }) => wentOn.length > 0).length).toBeGreaterThan(10);

  const { gateway, url } = await finish(sync, {});
  const held = heldAtSources(sync.world);
  expect(held.length).toBeGreaterThan(PEOPLE * 2);
  expectLittleReadTwice(sync);
  expect(await shownByGraph(url)).toEqual(held);
  await expectUsers(sync, url, 'IDENTITIES');
  const store = await stopCleanly(sync, gateway);
  expectFirstSights(store);
  expect(store.changes.filter(({ type }) => type === 'STATUS').length).toBe(held.length);
});

test('twenty kills while people are linked and statuses move: the end is what the sources hold', async () => {
  const plan = { ...TWENTY, people: PEOPLE / 5, pageRows: 8, requestsPerLife: 60, seed: 7 };
  await using sync = await KilledFirstSync.run({ ...plan, introduce: 'PEOPLE' });
  report(sync.lives);
  expectWholeLives(sync);

  const { gateway, url } = await finish(sync, OFTEN);
  const held = heldAtSources(sync.world);
  await until('every move is heard', async () => String(await shownByGraph(url)) === String(held), 120_000);
  await expectUsers(sync, url, 'PEOPLE');
  const store = await stopCleanly(sync, gateway);
  expectFirstSights(store);
  expect(
    store.changes.filter(({ type, from_status }) => type === 'STATUS' && from_status !== null),
  ).not.toEqual([]);
});
