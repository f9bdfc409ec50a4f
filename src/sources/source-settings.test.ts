import { describe, expect, test } from 'vitest';

import { sourceId } from '#kyc/source-id';

import {
  clientCredentialsVariables,
  commonVariables,
  type Environment,
  readClientCredentials,
  readCommonSettings,
} from './source-settings.ts';

const source = sourceId('FINX');
const URL_ONLY = { FINX_URL: 'https://api.example.com/v1' };

function read(environment: Environment, listed = true) {
  const faults: string[] = [];
  return { settings: readCommonSettings(source, environment, faults, { listed }), faults };
}

describe('what every room reads', () => {
  test('is null without a URL', () => {
    expect(read({}).settings).toBeNull();
    expect(read({ FINX_URL: '', FINX_TOKEN: 'x' })).toEqual({ settings: null, faults: [] });
  });

  test('has the documented defaults', () => {
    expect(read(URL_ONLY)).toEqual({
      settings: {
        baseUrl: 'https://api.example.com/v1',
        timeoutMs: 5000,
        concurrency: 32,
        ratePerS: null,
        token: null,
        webhookSecret: null,
        pace: {
          scanEveryMs: 300_000,
          pollOpenAfterMs: 60_000,
          pollFinalAfterMs: 86_400_000,
          maxAgeMs: 30_000,
          timeoutMs: 5000,
        },
      },
      faults: [],
    });
    expect(read(URL_ONLY, false).settings?.ratePerS).toBe(10);
  });

  test('takes each value from its variable', () => {
    const { settings, faults } = read({
      ...URL_ONLY,
      FINX_TOKEN: 'tok',
      FINX_WEBHOOK_SECRET: 'a secret',
      FINX_SCAN_S: '0',
      FINX_POLL_S: '2',
      FINX_POLL_FINAL_S: '3',
      FINX_MAX_AGE_S: '0',
      FINX_TIMEOUT_MS: '700',
      FINX_CONCURRENCY: '1',
      FINX_RATE_PER_S: '0.5',
    });
    expect(faults).toEqual([]);
    expect(settings).toMatchObject({
      token: 'tok',
      webhookSecret: 'a secret',
      timeoutMs: 700,
      concurrency: 1,
    });
    expect(settings?.ratePerS).toBe(0.5);
    expect(settings?.pace).toEqual({
      scanEveryMs: 0,
      pollOpenAfterMs: 2000,
      pollFinalAfterMs: 3000,
      maxAgeMs: 0,
      timeoutMs: 700,
    });
  });

  test('names its variables', () => {
    expect(commonVariables(source)).toContain('FINX_POLL_FINAL_S');
    expect(commonVariables(source)).toHaveLength(10);
    expect(clientCredentialsVariables(source)).toEqual([
      'FINX_TOKEN_URL',
      'FINX_CLIENT_ID',
      'FINX_CLIENT_SECRET',
    ]);
  });
});

describe('URLs', () => {
  test.each([
    ['https://api.example.com/', 'https://api.example.com'],
    ['https://api.example.com/v1//', 'https://api.example.com/v1'],
    ['http://127.0.0.1:4010', 'http://127.0.0.1:4010'],
    ['http://localhost:4010/x/', 'http://localhost:4010/x'],
    ['http://[::1]:4010', 'http://[::1]:4010'],
  ])('%s is read as %s', (text, baseUrl) => {
    expect(read({ FINX_URL: text })).toMatchObject({ settings: { baseUrl }, faults: [] });
  });

  test.each([
    'http://api.example.com',
    'http://localhost.example.com',
    'http://127.0.0.1.example.com',
    'https://user:S3CRET@api.example.com',
    'https://S3CRET@api.example.com',
    'https://api.example.com?x=S3CRET',
    'https://api.example.com/#S3CRET',
    'ftp://127.0.0.1',
    'file:///etc/S3CRET',
    'api.example.com',
    'https:/api.example.com',
    'https://api.example.com\\@S3CRET.example.com',
    ' https://api.example.com',
  ])('%s is refused, without saying it', (text) => {
    const { faults } = read({ FINX_URL: text });
    expect(faults).toHaveLength(1);
    expect(faults[0]).toMatch(/^FINX_URL must be an https:\/\/ URL/);
    expect(faults[0]).not.toMatch(/S3CRET|example/);
  });
});

describe('wrong values', () => {
  test.each([
    ['FINX_SCAN_S', '-1'],
    ['FINX_SCAN_S', '1.5'],
    ['FINX_SCAN_S', 'often'],
    ['FINX_SCAN_S', '99999999999'],
    ['FINX_SCAN_S', '0x10'],
    ['FINX_POLL_S', '0'],
    ['FINX_POLL_FINAL_S', '0'],
    ['FINX_MAX_AGE_S', ' 1'],
    ['FINX_TIMEOUT_MS', '0'],
    ['FINX_TIMEOUT_MS', '5s'],
    ['FINX_CONCURRENCY', '0'],
    ['FINX_CONCURRENCY', '1e3'],
    ['FINX_RATE_PER_S', '0'],
    ['FINX_RATE_PER_S', 'Infinity'],
    ['FINX_TOKEN', 'two words'],
    ['FINX_TOKEN', 'line\r\nbreak'],
  ])('%s=%j is one readable line and the default', (name, value) => {
    const { settings, faults } = read({ ...URL_ONLY, [name]: value });
    expect(faults).toHaveLength(1);
    expect(faults[0]).toMatch(new RegExp(`^${name} must be [^\\n]+\\.$`));
    expect(settings).toEqual(read(URL_ONLY).settings);
  });

  test('each gives its own line', () => {
    const { faults } = read({ FINX_URL: 'x', FINX_SCAN_S: 'x', FINX_TOKEN: 'ü' });
    expect(faults.map((line) => line.split(' ')[0]).sort()).toEqual([
      'FINX_SCAN_S',
      'FINX_TOKEN',
      'FINX_URL',
    ]);
  });
});

describe('client credentials', () => {
  const all = {
    FINX_TOKEN_URL: 'https://auth.example.com/oauth/token',
    FINX_CLIENT_ID: 'id',
    FINX_CLIENT_SECRET: 's e',
  };
  const readAll = (environment: Environment) => {
    const faults: string[] = [];
    return { credentials: readClientCredentials(source, environment, faults), faults };
  };

  test('are all three, or null', () => {
    expect(readAll({})).toEqual({ credentials: null, faults: [] });
    expect(readAll(all)).toEqual({
      credentials: { tokenUrl: 'https://auth.example.com/oauth/token', clientId: 'id', clientSecret: 's e' },
      faults: [],
    });
  });

  test.each(Object.keys(all))('without %s are a fault that names it', (name) => {
    const { faults } = readAll({ ...all, [name]: '' });
    expect(faults).toHaveLength(1);
    expect(faults[0]).toMatch(new RegExp(`^${name} must be set too`));
  });

  test('need a token URL that is safe', () => {
    expect(readAll({ ...all, FINX_TOKEN_URL: 'http://auth.example.com' }).faults).toHaveLength(1);
    expect(readAll({ ...all, FINX_TOKEN_URL: 'https://a:b@auth.example.com' }).faults).toHaveLength(1);
  });
});
