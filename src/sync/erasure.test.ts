import { afterEach, beforeEach, expect, test } from 'vitest';

import { SEES_ALL } from '#kyc/sight';
import type { User } from '#kyc/user';

import { Bench, found } from '../../test/harness/bench.ts';
import { until } from '../../test/harness/until.ts';
import { createUpkeepLoop } from './upkeep.ts';

let bench: Bench;
let user: User;
beforeEach(async () => {
  bench = await Bench.create();
  await bench.learnAll();
  user = await bench.user(bench.everywhere);
});
afterEach(async () => await bench[Symbol.asyncDispose]());

/** What would be found of the person in a text, in words that say nothing. */
function foundIn(text: string): readonly string[] {
  const { givenName, familyName, email, documentNumber, dateOfBirth, street } = bench.everywhere;
  const values = { givenName, familyName, email, documentNumber, dateOfBirth, street };
  return Object.entries(values).flatMap(([name, value]) => (text.includes(value) ? [name] : []));
}

async function tellOf(freshness: 'STORED' | 'LIVE'): Promise<{ text: string; statuses: readonly string[] }> {
  const { verifications } = await bench.loaders().verificationsOfUser(user, freshness);
  const text = verifications.map((known) => JSON.stringify([known, known.openPersonal()])).join('\n');
  return { text, statuses: verifications.map(({ id, status }) => `${id} ${status}`) };
}

test('of an erased person every source says statuses alone, live, from the store, and after another scan', async () => {
  const before = await tellOf('LIVE');
  expect(foundIn(before.text)).toEqual(expect.arrayContaining(['givenName', 'documentNumber']));
  await bench.sync.live.settled();

  const erased = found(await bench.actions.eraseUser(user.id));
  expect(erased.receipts.map(({ source }) => source)).toEqual(
    bench.sources.map(({ descriptor }) => descriptor.id).toSorted(),
  );
  expect(foundIn((await tellOf('STORED')).text)).toEqual([]);

  const live = await tellOf('LIVE');
  expect(live.text).toContain('"via":"LIVE"');
  expect(foundIn(live.text)).toEqual([]);
  expect(live.statuses).toEqual(before.statuses);
  await bench.sync.live.settled();
  await bench.learnAll();
  const after = await tellOf('STORED');
  expect(foundIn(after.text)).toEqual([]);
  expect(after.statuses).toEqual(before.statuses);
  for (const filter of [
    { email: bench.everywhere.email },
    { documentNumber: bench.everywhere.documentNumber },
  ])
    expect(await bench.store.countUsers(filter, SEES_ALL)).toBe(0);
});

test('what was cut short is finished by the gateway that runs', async () => {
  const asked: string[] = [];
  const store = {
    ...bench.store,
    erasures: { ...bench.store.erasures, finishErasures: async () => void asked.push('erasures') },
    upkeep: {
      ...bench.store.upkeep,
      fillSearches: async () => asked.push('searches') < 4,
    },
  };
  const loop = createUpkeepLoop(store, bench.logged.log);
  loop.start();
  await until('it has looked', () => loop.nextAtMs);
  await loop.stop();
  expect(asked).toEqual(['erasures', 'searches', 'searches', 'searches']);
});
