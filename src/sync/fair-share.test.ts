import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import type { Lease } from '#store/leases/leases';

import { mayTake, type Neighbourhood, toHandBack } from './fair-share.ts';

const AT_MS = 1_000_000;
const NAMES = ['A', 'B', 'C', 'D', 'E', 'F'];

function lease(name: string, holder: string, leftMs = 5000): Lease {
  return { name, holder, untilMs: AT_MS + leftMs, startedAtMs: null, nextAtMs: null, wantedAtMs: null };
}

/** As `self` sees it: who holds what. `FREE` for the leases of nobody, for so long. */
function seenBy(
  self: string,
  holders: Readonly<Record<string, readonly string[]>>,
  how: { freeForMs?: number; worksOn?: Readonly<Record<string, readonly string[]>> } = {},
): Neighbourhood {
  const leases = Object.entries(holders).flatMap(([holder, names]) =>
    names.map((name) => lease(name, holder, holder === 'FREE' ? -(how.freeForMs ?? 0) : 5000)),
  );
  const gateways = Object.keys(holders)
    .filter((id) => id !== 'FREE')
    .map((id) => ({ id, worksOn: how.worksOn?.[id] ?? NAMES }));
  return { self, atMs: AT_MS, leases, gateways, held: new Set(holders[self]) };
}

describe('a gateway', () => {
  test('takes what nobody ever had, and what is free if no other holds fewer', () => {
    expect(mayTake(seenBy('one', { one: ['A'], two: [] }), 'F')).toBe(true);
    expect(mayTake(seenBy('one', { one: ['A'], two: ['B'], FREE: ['F'] }), 'F')).toBe(true);
    expect(mayTake(seenBy('one', { one: ['A'], two: ['B'], FREE: [] }), 'B')).toBe(false);
  });

  test('leaves what is free to who holds fewer, for a while, if that one can work on it', () => {
    const holders = { one: ['A', 'B'], two: ['C'], FREE: ['F'] };
    expect(mayTake(seenBy('one', holders), 'F')).toBe(false);
    expect(mayTake(seenBy('two', holders), 'F')).toBe(true);
    expect(mayTake(seenBy('one', holders, { freeForMs: 2000 }), 'F')).toBe(true);
    expect(mayTake(seenBy('one', holders, { worksOn: { two: ['C'] } }), 'F')).toBe(true);
  });

  test('takes at once what is still its own, as when an answer was lost', () => {
    const seen = seenBy('one', { one: ['A', 'B'], two: [] });
    expect(mayTake({ ...seen, held: new Set(['A']) }, 'B')).toBe(true);
  });

  test('gives of what it has, the idle first, to who holds two fewer and can work on it', () => {
    const holders = { one: ['A', 'B', 'C'], two: ['D'] };
    expect(toHandBack(seenBy('one', holders), (name) => name === 'B')).toBe('B');
    expect(toHandBack(seenBy('one', holders), () => false)).toBe('A');
    expect(toHandBack(seenBy('one', holders, { worksOn: { two: ['C', 'D'] } }), () => true)).toBe('C');
    expect(toHandBack(seenBy('one', holders, { worksOn: { two: ['D'] } }), () => true)).toBeNull();
    expect(toHandBack(seenBy('one', { ...holders, FREE: ['E'] }), () => true)).toBeNull();
    expect(toHandBack(seenBy('one', { one: ['A', 'B'], two: ['C'] }), () => true)).toBeNull();
    expect(toHandBack(seenBy('one', { one: NAMES }), () => true)).toBeNull();
  });
});

/** Each gateway looks once a round; the first held everything. Returns what each holds then, and when anything moved last. */
function play(count: number, names: readonly string[], rounds: readonly (readonly number[])[]) {
  const holders: Record<string, string[]> = { FREE: [] };
  for (let id = 0; id < count; id += 1) holders[`g${id}`] = id === 0 ? [...names] : [];
  const move = (name: string, from: string, to: string) => {
    holders[from] = (holders[from] ?? []).filter((one) => one !== name);
    holders[to]?.push(name);
  };
  let lastMove = -1;
  for (const [round, turns] of rounds.entries()) {
    for (const self of turns.filter((id) => id < count).map((id) => `g${id}`)) {
      for (const name of holders['FREE'] ?? []) {
        if (!mayTake(seenBy(self, holders), name)) continue;
        move(name, 'FREE', self);
        lastMove = round;
      }
      const given = toHandBack(seenBy(self, holders), () => true);
      if (given === null) continue;
      move(given, self, 'FREE');
      lastMove = round;
    }
  }
  const sizes = Array.from({ length: count }, (_, id) => holders[`g${id}`]?.length ?? 0);
  return { sizes, free: holders['FREE'], lastMove };
}

test('gateways come to even shares and then give nothing to and fro, whoever looks when', () => {
  const turns = fc.shuffledSubarray([0, 1, 2, 3], { minLength: 4 });
  const rounds = fc.array(turns, { minLength: 24, maxLength: 24 });
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 4 }), fc.subarray(NAMES), rounds, (count, names, order) => {
      const { sizes, free, lastMove } = play(count, names, order);
      expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
      expect(free).toEqual([]);
      expect(lastMove).toBeLessThan(12);
    }),
    { numRuns: 100 },
  );
});
