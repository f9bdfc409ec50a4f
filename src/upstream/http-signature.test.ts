import { createPrivateKey, sign } from 'node:crypto';

import { expect, test } from 'vitest';

import { type SignedComponent, signatureBase, signatureHeaders } from './http-signature.ts';

/** Draft 15, B.1.4 and B.2.6. The key is published there. */
const TEST_KEY_ED25519 = `-----BEGIN PRIVATE KEY-----
MC4CAQAwBQYDK2VwBCIEIJ+DYvh6SEqVTm50DFtMDoQikTmiCqirVv9mWG9qfSnF
-----END PRIVATE KEY-----
`;
const TEST_REQUEST: readonly SignedComponent[] = [
  ['date', 'Tue, 20 Apr 2021 02:07:55 GMT'],
  ['@method', 'POST'],
  ['@path', '/foo'],
  ['@authority', 'example.com'],
  ['content-type', 'application/json'],
  ['content-length', '18'],
];

test("gives the draft's own Ed25519 example, byte for byte", () => {
  const base = signatureBase(TEST_REQUEST, { created: 1_618_884_473, keyid: 'test-key-ed25519' });
  expect(base.text.split('\n')).toEqual([
    '"date": Tue, 20 Apr 2021 02:07:55 GMT',
    '"@method": POST',
    '"@path": /foo',
    '"@authority": example.com',
    '"content-type": application/json',
    '"content-length": 18',
    '"@signature-params": ("date" "@method" "@path" "@authority" "content-type" "content-length")' +
      ';created=1618884473;keyid="test-key-ed25519"',
  ]);
  const signature = sign(null, Buffer.from(base.text), createPrivateKey(TEST_KEY_ED25519));
  expect(signatureHeaders('sig-b26', base, signature)).toEqual({
    'signature-input':
      'sig-b26=("date" "@method" "@path" "@authority" "content-type" "content-length")' +
      ';created=1618884473;keyid="test-key-ed25519"',
    signature:
      'sig-b26=:wqcAqbmYJ2ji2glfAMaRy4gruYYnx2nEFN2HN6jrnDnQCK1u02Gb04v9EDgwUPiu4A0w6vuQv5lIp5WPpBKRCw==:',
  });
});

test('signs nothing but its own parameters where no component is named', () => {
  expect(signatureBase([], { created: 1 })).toEqual({
    text: '"@signature-params": ();created=1',
    parameters: '();created=1',
  });
});

test('quotes what a structured field must quote', () => {
  expect(signatureBase([], { keyid: 'a"b\\c' }).parameters).toBe(String.raw`();keyid="a\"b\\c"`);
});

test.each(['line\nbreak', 'k\u0000', 'clé'])(
  'refuses a parameter that no structured field holds: %j',
  (keyid) => {
    expect(() => signatureBase([], { keyid })).toThrow(RangeError);
  },
);

test('takes header values without the space around them, as the draft has it', () => {
  expect(signatureBase([['accept', ' \ttext/plain ']], {}).text).toContain('"accept": text/plain\n');
});
