import { expect, it } from 'vitest';

import { Lane } from './lane.ts';

it('runs one thing after the other, in the order asked for, also after one that failed', async () => {
  const lane = new Lane();
  const told: string[] = [];
  const gate = Promise.withResolvers<void>();
  const first = lane.run(async () => {
    told.push('first begins');
    await gate.promise;
    told.push('first ends');
    throw new Error('first failed');
  });
  const second = lane.run(() => Promise.resolve(told.push('second')));
  gate.resolve();
  await expect(first).rejects.toThrow('first failed');
  await second;
  expect(told).toEqual(['first begins', 'first ends', 'second']);
});
