import { describe, expect, test } from 'vitest';

import { addMilliseconds, now } from '#kyc/instant';
import type { Reveals } from '#store/reveals/reveals';

import { clearanceFor, createClearances } from './clearance.ts';
import { LOCAL_OPERATOR, type Principal, type PrincipalKind } from './principal.ts';
import { type Scope, scopes } from './scope.ts';

const ANNA = 'Anna';
const BEN = 'Ben';

const caller = (kind: PrincipalKind, held: readonly Scope[], userId: string | null = null): Principal => ({
  kind,
  subject: kind.toLowerCase(),
  scopes: held,
  userId,
  expiresAt: null,
});
const ALL_BUT_PII = scopes.filter((scope) => scope !== 'kyc:pii');

/** By caller: Anna's data; the same once this caller had Anna revealed; data of nobody who is known. */
const RULE: readonly (readonly [string, Principal, string, string])[] = [
  ['an end user, of themselves', caller('END_USER', ['kyc:status'], ANNA), 'CLEAR', 'CLEAR'],
  ['an end user without scopes, of themselves', caller('END_USER', [], ANNA), 'CLEAR', 'CLEAR'],
  ['an end user, of another', caller('END_USER', scopes, BEN), 'MASKED', 'MASKED'],
  ['an end user whom nobody knows', caller('END_USER', scopes), 'MASKED', 'MASKED'],
  ['a partner', caller('PARTNER', ['kyc:status'], ANNA), 'MASKED', 'MASKED'],
  ['a partner with every scope', caller('PARTNER', scopes, ANNA), 'MASKED', 'MASKED'],
  ['an analyst without kyc:pii', caller('ANALYST', ALL_BUT_PII, ANNA), 'MASKED', 'MASKED'],
  ['an analyst with kyc:pii', caller('ANALYST', ['kyc:pii']), 'MASKED', 'CLEAR'],
  ['an operator without kyc:pii', caller('OPERATOR', ALL_BUT_PII), 'MASKED', 'MASKED'],
  ['an operator with kyc:pii', caller('OPERATOR', ['kyc:pii']), 'MASKED', 'CLEAR'],
  ['the operator of an open gateway', LOCAL_OPERATOR, 'MASKED', 'CLEAR'],
];

describe('who reads in clear', () => {
  test.each(RULE)('%s', (_, principal, otherwise, revealed) => {
    expect(clearanceFor(principal, ANNA, false)).toBe(otherwise);
    expect(clearanceFor(principal, ANNA, true)).toBe(revealed);
    expect(clearanceFor(principal, null, true)).toBe('MASKED');
  });
});

describe('the clearances of a request', () => {
  const asked: [string, string, readonly string[]][] = [];
  const held = { until: addMilliseconds(now(), 1), reason: 'case 7' };
  const reveals: Pick<Reveals, 'of'> = {
    of: async ({ kind, subject }, userIds) => {
      asked.push([kind, subject, userIds]);
      return new Map(userIds.filter((id) => id === ANNA).map((id) => [id, held]));
    },
  };

  test('ask for reveals once, for all users together, by the very caller', async () => {
    asked.length = 0;
    const clearances = createClearances(caller('ANALYST', ['kyc:pii']), reveals);
    const ask = () => Promise.all([ANNA, BEN, ANNA, null].map(async (id) => await clearances.of(id)));
    expect(await ask()).toEqual(['CLEAR', 'MASKED', 'CLEAR', 'MASKED']);
    expect(await ask()).toEqual(['CLEAR', 'MASKED', 'CLEAR', 'MASKED']);
    expect(asked).toEqual([['ANALYST', 'analyst', [ANNA, BEN]]]);
  });

  test('say why whoever is revealed is, and nothing of others', async () => {
    const clearances = createClearances(caller('ANALYST', ['kyc:pii']), reveals);
    await Promise.all([ANNA, BEN].map(async (id) => await clearances.of(id)));
    expect([ANNA, BEN].map((id) => clearances.reasonFor(id))).toEqual(['case 7', null]);
    const own = createClearances(caller('END_USER', scopes, ANNA), reveals);
    expect(await own.of(ANNA)).toBe('CLEAR');
    expect(own.reasonFor(ANNA)).toBeNull();
  });

  test('ask for none where none could help', async () => {
    asked.length = 0;
    for (const principal of [
      caller('ANALYST', ALL_BUT_PII),
      caller('PARTNER', scopes),
      caller('END_USER', scopes, BEN),
    ])
      expect(await createClearances(principal, reveals).of(ANNA)).toBe('MASKED');
    expect(asked).toEqual([]);
  });

  test('fail where reveals cannot be read, instead of saying anything', async () => {
    const broken = { of: () => Promise.reject(new Error('The store is away.')) };
    const clearances = createClearances(LOCAL_OPERATOR, broken);
    await expect(clearances.of(ANNA)).rejects.toThrow('away');
  });
});
