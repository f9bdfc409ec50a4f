import { describe, expect, test } from 'vitest';

import { signedWithTime } from '../../../test/harness/webhooks.ts';
import { proveByTime, readEvent } from './changes.ts';

const SECRET = 'whsec_test';
const BODY = '{"user_id":"u","kyc_status":"approved"}';
const NOW_S = 1_790_000_000;

function isProven(headers: Readonly<Record<string, string>>, { body = BODY, nowS = NOW_S } = {}): boolean {
  const sent = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value]]));
  return proveByTime(SECRET)({ headers: sent, body: Buffer.from(body), nowMs: 1000 * nowS });
}
const signed = (seconds = NOW_S, secret = SECRET) => signedWithTime(secret, BODY, seconds).headers;

describe('Finogates-Signature', () => {
  test('holds for five minutes either way, and not a second longer', () => {
    for (const nowS of [NOW_S - 300, NOW_S, NOW_S + 300]) expect(isProven(signed(), { nowS })).toBe(true);
    for (const nowS of [NOW_S - 301, NOW_S + 301]) expect(isProven(signed(), { nowS })).toBe(false);
  });

  test('covers the time and every byte of the body', () => {
    const { 'finogates-signature': value = '' } = signed();
    expect(isProven(signed(), { body: `${BODY} ` })).toBe(false);
    expect(isProven({ 'finogates-signature': value.replace(`${NOW_S}`, `${NOW_S + 1}`) })).toBe(false);
    expect(isProven({ 'finogates-signature': value.replace('t=', 't=0') })).toBe(false);
    expect(isProven(signed(NOW_S, 'another'))).toBe(false);
  });

  test.each([
    [
      '',
      't=1',
      'v1=00',
      't=,v1=',
      `t=${NOW_S},v1=`,
      `t=${NOW_S},v1=${'0'.repeat(64)}`,
      `t=NaN,v1=${'0'.repeat(64)}`,
    ],
  ])('is refused in any other form', (...values) => {
    for (const value of values) expect(isProven({ 'finogates-signature': value })).toBe(false);
    expect(isProven({})).toBe(false);
    const value = signed()['finogates-signature'] ?? '';
    const twice = { 'finogates-signature': [value, value] };
    expect(proveByTime(SECRET)({ headers: twice, body: Buffer.from(BODY), nowMs: 1000 * NOW_S })).toBe(false);
    expect(isProven({ 'finogates-signature': value.toUpperCase() })).toBe(false);
  });
});

test.each([
  [BODY, 'u'],
  ['{"id":"u","type":"kyc.deleted","data":{"user_id":"u","kyc_status":"deleted"}}', 'u'],
  ['{"type":"kyc.approved"}', null],
])('%s is a hint', (text, externalUserId) => {
  expect(readEvent(text)).toEqual({ unusable: null, hint: { externalUserId, externalId: null, told: null } });
});

test.each([
  ['{"type":"payment.failed","user_id":"u"}', 'UNKNOWN_TYPE'],
  ['{"user_id":7}', 'NOT_AN_EVENT'],
  ['[]', 'NOT_AN_EVENT'],
  ['kyc.approved', 'NOT_JSON'],
])('%s is none', (text, reason) => {
  expect(readEvent(text).unusable).toBe(reason);
});
