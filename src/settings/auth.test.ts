import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { exportJWK, generateKeyPair, type JWK } from 'jose';
import { describe, expect, test } from 'vitest';

import { readSettings, SettingsError } from '#settings';
import { rooms } from '#sources/index';

const folder = mkdtempSync(join(tmpdir(), 'jwks-'));
const own = await generateKeyPair('ES256', { extractable: true });
const rsa = await generateKeyPair('RS256', { extractable: true });
const publicKey = { ...(await exportJWK(own.publicKey)), kid: 'one', alg: 'ES256' };

function fileWith(content: unknown, name = 'keys.json'): string {
  const path = join(folder, name);
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
  return path;
}
const GOOD_FILE = fileWith({ keys: [publicKey] }, 'good.json');

const source = { FINX_URL: 'https://finx.example', FINX_TOKEN: 'x' };
const KEY = { KYC_SECRET_KEY: Buffer.alloc(32, 1).toString('base64') };
const trust = { AUTH_ISSUER: 'https://issuer.example', AUTH_AUDIENCE: 'kyc' };
const BY_URL = { ...KEY, ...trust, AUTH_JWKS_URL: 'https://issuer.example/jwks' };
const BY_FILE = { ...KEY, ...trust, AUTH_JWKS_FILE: GOOD_FILE };

const read = (environment: Record<string, string>) => readSettings({ ...source, ...environment }, rooms);
function faultsOf(environment: Record<string, string>): readonly string[] {
  try {
    read(environment);
  } catch (error) {
    if (error instanceof SettingsError) return error.faults;
    throw error;
  }
  return [];
}

describe('AUTH', () => {
  test.each<[string, Record<string, string>, string]>([
    ['nothing', {}, 'UNTIL_KEYS'],
    ['open', { AUTH: 'open' }, 'OPEN'],
    ['required', { AUTH: 'required', ...KEY }, 'REQUIRED'],
    ['served keys', BY_URL, 'REQUIRED'],
    ['keys of a file', BY_FILE, 'REQUIRED'],
    ['required and served keys', { AUTH: 'required', ...BY_URL }, 'REQUIRED'],
  ])('by %s', (_, environment, mode) => {
    expect(read(environment).auth.mode).toBe(mode);
  });

  test.each<[string, Record<string, string>, RegExp]>([
    ['another word', { AUTH: 'off' }, /^AUTH must be open or required\.$/],
    ['open with served keys', { AUTH: 'open', ...BY_URL }, /^AUTH is open, but keys of an issuer are set/],
    ['open with keys of a file', { AUTH: 'open', ...BY_FILE }, /^AUTH is open, but keys/],
    ['both ways to the keys', { ...BY_URL, ...BY_FILE }, /^AUTH_JWKS_URL and AUTH_JWKS_FILE are both set/],
    ['keys without an issuer', { ...BY_URL, AUTH_ISSUER: '' }, /^AUTH_ISSUER is required with/],
    ['keys without an audience', { ...BY_FILE, AUTH_AUDIENCE: '' }, /^AUTH_AUDIENCE is required with/],
    ['an issuer without keys', { AUTH_ISSUER: 'x' }, /^AUTH_ISSUER is set, but neither/],
    ['an audience without keys', { AUTH_AUDIENCE: 'x' }, /^AUTH_AUDIENCE is set, but neither/],
    ['a misspelled name', { AUTH_JWKS: 'x' }, /^AUTH_JWKS is no setting of this gateway/],
    ['required without a key to seal by', { AUTH: 'required' }, /^KYC_SECRET_KEY is required/],
    ['an issuer without a key to seal by', { ...BY_URL, KYC_SECRET_KEY: '' }, /^KYC_SECRET_KEY is required/],
    [
      'http to elsewhere',
      { ...BY_URL, AUTH_JWKS_URL: 'http://issuer.example/jwks' },
      /^AUTH_JWKS_URL must be/,
    ],
    ['no URL', { ...BY_URL, AUTH_JWKS_URL: 'secret7' }, /^AUTH_JWKS_URL must be/],
    ['a URL with a password', { ...BY_URL, AUTH_JWKS_URL: 'https://a:secret7@b/' }, /^AUTH_JWKS_URL must be/],
    [
      'a file that is not there',
      { ...BY_FILE, AUTH_JWKS_FILE: '/secret7' },
      /^AUTH_JWKS_FILE cannot be read/,
    ],
  ])('is refused in one line: %s', (_, environment, line) => {
    const faults = faultsOf(environment);
    expect(faults).toEqual([expect.stringMatching(line)]);
    expect(faults.join()).not.toContain('secret7');
  });

  test('keys may be served over http on loopback', () => {
    const { auth } = read({ ...BY_URL, AUTH_JWKS_URL: 'http://127.0.0.1:9/jwks' });
    expect(auth.trusted).toEqual({
      keys: new URL('http://127.0.0.1:9/jwks'),
      issuer: 'https://issuer.example',
      audience: 'kyc',
    });
  });
});

describe('AUTH_JWKS_FILE', () => {
  test('is read at the start', async () => {
    const keys: JWK[] = [publicKey, await exportJWK(rsa.publicKey)];
    const file = fileWith({ keys });
    expect(read({ ...BY_FILE, AUTH_JWKS_FILE: file }).auth.trusted?.keys).toEqual({ keys });
  });

  const symmetric = { kty: 'oct', k: 'secret7', kid: 'one' };
  test.each<[string, () => unknown, RegExp]>([
    ['a private key', async () => ({ keys: [await exportJWK(own.privateKey)] }), /private or symmetric/],
    [
      'a private key of RSA',
      async () => ({ keys: [await exportJWK(rsa.privateKey)] }),
      /private or symmetric/,
    ],
    ['a symmetric key', () => ({ keys: [symmetric] }), /private or symmetric/],
    ['a symmetric key among others', () => ({ keys: [publicKey, symmetric] }), /private or symmetric/],
    ['half a key', () => ({ keys: [publicKey, { kty: 'EC', crv: 'P-256', x: 'secret7' }] }), /number 2/],
    ['a key of another curve', () => ({ keys: [{ ...publicKey, crv: 'secp256k1' }] }), /number 1/],
    ['a key of an unknown kind', () => ({ keys: [{ kty: 'secret7' }] }), /number 1/],
    ['no keys', () => ({ keys: [] }), /no JSON Web Key Set/],
    ['one bare key', () => publicKey, /no JSON Web Key Set/],
    ['no JSON', () => 'secret7{', /no JSON Web Key Set/],
  ])('is refused with %s', async (_, content, line) => {
    const faults = faultsOf({ ...BY_FILE, AUTH_JWKS_FILE: fileWith(await content()) });
    expect(faults).toEqual([expect.stringMatching(/^AUTH_JWKS_FILE /)]);
    expect(faults[0]).toMatch(line);
    expect(faults[0]).not.toContain('secret7');
  });

  test('is refused with a short key of RSA', async () => {
    const short = { kty: 'RSA', e: 'AQAB', n: Buffer.alloc(128, 0xff).toString('base64url') };
    expect(faultsOf({ ...BY_FILE, AUTH_JWKS_FILE: fileWith({ keys: [short] }) })).toEqual([
      expect.stringMatching(/2048 bits/),
    ]);
  });
});

describe('where it may be reached', () => {
  test.each([['0.0.0.0'], ['gateway.example'], ['::']])('HOST %s needs AUTH required', (host) => {
    expect(read({ ...BY_URL, HOST: host }).host).toBe(host);
    for (const AUTH of ['', 'open'])
      expect(faultsOf({ AUTH, HOST: host })).toEqual([expect.stringMatching(/^HOST must be 127\.0\.0\.1/)]);
  });

  test('ALLOWED_HOSTS says what a Host header may say', () => {
    const hosts = { ALLOWED_HOSTS: 'Gateway.example, gateway.example:8443,[2001:db8::1]:4000' };
    expect(read({ ...BY_URL, ...hosts }).allowedHosts).toEqual([
      'gateway.example',
      'gateway.example:8443',
      '[2001:db8::1]:4000',
    ]);
    expect(faultsOf(hosts)).toEqual([expect.stringMatching(/^ALLOWED_HOSTS needs AUTH required/)]);
  });

  test.each([['*'], ['https://gateway.example'], ['a,,b'], ['a/b'], ['2001:db8::1'], ['a:b']])(
    'ALLOWED_HOSTS %s is refused',
    (hosts) => {
      expect(faultsOf({ ...BY_URL, ALLOWED_HOSTS: hosts })).toEqual([
        expect.stringMatching(/^ALLOWED_HOSTS must be a list/),
      ]);
    },
  );
});

describe('the sandbox', () => {
  const readBare = (environment: Record<string, string>) => readSettings(environment, rooms);

  test.each([
    ['AUTH', { AUTH: 'required', ...KEY }],
    ['AUTH_AUDIENCE', BY_URL],
  ])('does not stand in for sources that were forgotten where %s is set', (name, environment) => {
    expect(() => readBare(environment)).toThrow(new RegExp(`${name}.* is set, but no source is`));
  });

  test('can be asked to rehearse it with API keys', () => {
    expect(readBare({ AUTH: 'required', SANDBOX: '1', ...KEY })).toMatchObject({
      sandbox: true,
      auth: { mode: 'REQUIRED', trusted: null },
    });
  });
});
