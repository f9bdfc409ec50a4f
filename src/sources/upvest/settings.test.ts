import { expect, test } from 'vitest';

import { readSettings, variables } from './settings.ts';

const URL_ONLY = { UPVEST_URL: 'https://api.upvest.example/' };

function read(environment: Record<string, string>) {
  const faults: string[] = [];
  return { settings: readSettings(environment, faults), faults };
}

test('is off without a URL', () => {
  expect(read({})).toEqual({ settings: null, faults: [] });
});

test('needs no credential', () => {
  const { settings, faults } = read(URL_ONLY);
  expect(faults).toEqual([]);
  expect(settings).toMatchObject({ baseUrl: 'https://api.upvest.example', token: null, ratePerS: 10 });
  expect(settings).toMatchObject({ clientId: null, clientCredentials: null });
});

test('takes a client id beside a static token as the header alone', () => {
  const { settings, faults } = read({ ...URL_ONLY, UPVEST_TOKEN: 't', UPVEST_CLIENT_ID: 'client' });
  expect(faults).toEqual([]);
  expect(settings).toMatchObject({ token: 't', clientId: 'client', clientCredentials: null });
});

test('takes client credentials, whose id is the header too', () => {
  const tokenUrl = 'https://api.upvest.example/auth/token';
  const { settings, faults } = read({
    ...URL_ONLY,
    UPVEST_TOKEN_URL: tokenUrl,
    UPVEST_CLIENT_ID: 'client',
    UPVEST_CLIENT_SECRET: 'secret',
  });
  expect(faults).toEqual([]);
  expect(settings?.clientCredentials).toEqual({ tokenUrl, clientId: 'client', clientSecret: 'secret' });
  expect(settings?.clientId).toBe('client');
});

test.each([
  [
    'a secret without its id and URL',
    { UPVEST_CLIENT_SECRET: 'Xsecret' },
    ['UPVEST_TOKEN_URL', 'UPVEST_CLIENT_ID'],
  ],
  [
    'a token and a secret',
    {
      UPVEST_TOKEN: 'Xtoken',
      UPVEST_TOKEN_URL: 'https://x.example',
      UPVEST_CLIENT_ID: 'Xid',
      UPVEST_CLIENT_SECRET: 'Xsecret',
    },
    ['UPVEST_TOKEN'],
  ],
  ['an id that no header can carry', { UPVEST_CLIENT_ID: 'X\nid' }, ['UPVEST_CLIENT_ID']],
  [
    'the id of a signing key alone',
    { UPVEST_SIGNING_KEY_ID: 'Xkey' },
    ['UPVEST_SIGNING_KEY_FILE', 'UPVEST_CLIENT_ID'],
  ],
  [
    'a signing key that is not there, without the ids',
    { UPVEST_SIGNING_KEY_FILE: '/X/key' },
    ['UPVEST_SIGNING_KEY_ID', 'UPVEST_CLIENT_ID', 'UPVEST_SIGNING_KEY_FILE'],
  ],
  [
    'a signing key beside a secret without its id, saying so once',
    { UPVEST_SIGNING_KEY_ID: 'Xkey', UPVEST_CLIENT_SECRET: 'X', UPVEST_TOKEN_URL: 'https://x.example' },
    ['UPVEST_CLIENT_ID', 'UPVEST_SIGNING_KEY_FILE'],
  ],
  [
    'the id of a key that no header can carry',
    { UPVEST_SIGNING_KEY_ID: 'X key', UPVEST_CLIENT_ID: 'c', UPVEST_SIGNING_KEY_FILE: '/X/key' },
    ['UPVEST_SIGNING_KEY_ID', 'UPVEST_SIGNING_KEY_FILE'],
  ],
])('refuses %s, naming the variable and never its value', (_what, environment, named) => {
  const { faults } = read({ ...URL_ONLY, ...environment });
  expect(faults.map((line) => line.split(' ')[0])).toEqual(named);
  expect(faults.join('\n')).not.toMatch(/X/);
});

test('lists every variable that it reads', () => {
  for (const name of [
    'URL',
    'TOKEN',
    'TOKEN_URL',
    'CLIENT_ID',
    'CLIENT_SECRET',
    'SIGNING_KEY_FILE',
    'SIGNING_KEY_ID',
  ]) {
    expect(variables).toContain(`UPVEST_${name}`);
  }
  expect(new Set(variables).size).toBe(variables.length);
});
