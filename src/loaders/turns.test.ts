import { setImmediate as turnOfTheLoop } from 'node:timers/promises';

import { expect, test } from 'vitest';

import { Turns } from './turns.ts';

/** Takes turns for a caller, one after the other; says who had each. */
async function takeAll(turns: Turns, caller: string, count: number, told: string[]): Promise<void> {
  for (let taken = 0; taken < count; taken += 1) {
    await turns.take(caller);
    told.push(caller);
  }
}

test('a caller of a thousand subscriptions and one of a single one are served in turn', async () => {
  const turns = new Turns();
  const told: string[] = [];
  const many = Array.from({ length: 1000 }, () => takeAll(turns, 'many', 50, told));
  await takeAll(turns, 'one', 50, told);
  // Behind all of the others' they would have been the last of fifty thousand.
  expect(told.length).toBeLessThan(1500);
  await Promise.all(many);
  expect(told).toHaveLength(50_050);
});

test('those of one caller are served in the order in which they came', async () => {
  const turns = new Turns();
  const told: number[] = [];
  await Promise.all(
    Array.from({ length: 40 }, async (_, at) => {
      await turns.take('a');
      told.push(at);
    }),
  );
  expect(told).toEqual(told.toSorted((one, other) => one - other));
});

test('the loop goes round while there is more to do', async () => {
  const turns = new Turns();
  const told: string[] = [];
  const all = takeAll(turns, 'a', 1000, told);
  await turnOfTheLoop();
  await turnOfTheLoop();
  expect(told.length).toBeGreaterThan(0);
  expect(told.length).toBeLessThan(200);
  await all;
});

test('whoever comes while nobody waits goes on at once', async () => {
  const turns = new Turns();
  for (let times = 0; times < 3; times += 1) {
    let hasGoneOn = false;
    void turns.take('a').then(() => (hasGoneOn = true));
    await Promise.resolve();
    await Promise.resolve();
    expect(hasGoneOn).toBe(true);
    await turnOfTheLoop();
  }
});

test('a caller has one turn between two looks at everything else', async () => {
  const turns = new Turns();
  const told: string[] = [];
  const all = [takeAll(turns, 'a', 20, told), takeAll(turns, 'a', 20, told), takeAll(turns, 'b', 20, told)];
  for (let looks = 1; looks <= 10; looks += 1) {
    await turnOfTheLoop();
    expect(told.filter((caller) => caller === 'a').length).toBeLessThanOrEqual(looks + 1);
  }
  await Promise.all(all);
});
