import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { readSettings } from './settings.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'upvest-keys-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

function read(pem: string) {
  const file = join(folder, 'key.pem');
  writeFileSync(file, pem);
  const faults: string[] = [];
  const settings = readSettings(
    {
      UPVEST_URL: 'https://api.upvest.example',
      UPVEST_CLIENT_ID: 'client',
      UPVEST_SIGNING_KEY_ID: 'key-id',
      UPVEST_SIGNING_KEY_FILE: file,
    },
    faults,
  );
  return { settings, faults };
}

const ed25519 = generateKeyPairSync('ed25519').privateKey;
const p521 = generateKeyPairSync('ec', { namedCurve: 'P-521' }).privateKey;
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
const ofCurve = (namedCurve: string) => generateKeyPairSync('ec', { namedCurve }).privateKey;
const written = (key: KeyObject, type: 'pkcs8' | 'sec1') => key.export({ type, format: 'pem' }).toString();
/** As `openssl ecparam -genkey` writes it, which Upvest recommends: the curve in a block of its own before the key. */
const PARAMETERS = '-----BEGIN EC PARAMETERS-----\nBgUrgQQAIw==\n-----END EC PARAMETERS-----\n';

describe('a key file', () => {
  test.each([
    ['Ed25519, PKCS #8', written(ed25519, 'pkcs8')],
    ['P-521, PKCS #8', written(p521, 'pkcs8')],
    ['P-521, SEC 1', written(p521, 'sec1')],
    ['P-521, SEC 1 after its parameters', PARAMETERS + written(p521, 'sec1')],
    ['P-256, SEC 1', written(ofCurve('P-256'), 'sec1')],
    ['P-384, PKCS #8', written(ofCurve('P-384'), 'pkcs8')],
    ['lines that end as on Windows', written(ed25519, 'pkcs8').replaceAll('\n', '\r\n')],
  ])('is taken: %s', (_what, pem) => {
    const { settings, faults } = read(pem);
    expect(faults).toEqual([]);
    expect(settings?.signing).toMatchObject({ keyId: 'key-id', key: { type: 'private' } });
    const secret = pem.split('\n').at(-3) ?? '';
    expect(inspect(settings, { depth: 9 }) + JSON.stringify(settings)).not.toContain(secret);
  });

  const cipher = { cipher: 'aes-256-cbc', passphrase: 's3cret', format: 'pem' } as const;
  test.each([
    ['encrypted, PKCS #8', ed25519.export({ type: 'pkcs8', ...cipher }), /encrypted key/],
    ['encrypted, SEC 1', p521.export({ type: 'sec1', ...cipher }), /encrypted key/],
    ['RSA', rsa.export({ type: 'pkcs1', format: 'pem' }), /another kind/],
    ['on a curve of coins', written(ofCurve('secp256k1'), 'pkcs8'), /another kind/],
    ['that only agrees on keys', written(generateKeyPairSync('x25519').privateKey, 'pkcs8'), /another kind/],
    [
      'public',
      generateKeyPairSync('ed25519').publicKey.export({ type: 'spki', format: 'pem' }),
      /no private/,
    ],
    ['cut in the middle', written(p521, 'pkcs8').slice(0, 120), /no private key/],
    ['of another format', 's3cret', /no private key/],
    ['empty', '', /no private key/],
  ])('is refused by the name of its variable alone: %s', (_what, pem, because) => {
    const { settings, faults } = read(pem.toString());
    expect(settings?.signing).toBeNull();
    expect(faults).toHaveLength(1);
    expect(faults[0]).toMatch(/^UPVEST_SIGNING_KEY_FILE [^\n]*\.$/);
    expect(faults[0]).toMatch(because);
    expect(faults[0]).not.toMatch(/s3cret|BEGIN|MII|upvest-keys/);
  });
});
