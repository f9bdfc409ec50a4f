import { mkdtempSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { describe, expect, test } from 'vitest';

import { sourceId } from '#kyc/source-id';
import { readEnvironment, readOrCreateDevKey, readSettings, SettingsError } from '#settings';
import type { SourceRoom } from '#sources/source';

const pace = { scanEveryMs: 0, pollOpenAfterMs: 0, pollFinalAfterMs: 0, maxAgeMs: 0, timeoutMs: 0 };

/** A room that reads a URL and a token, and finds fault with every URL that is not https. */
function fakeRoom(id: string): SourceRoom {
  return {
    descriptor: {
      id: sourceId(id),
      description: '',
      kind: 'CHECK',
      ask: 'scan',
      capabilities: [],
      versioning: 'read',
      keepsPersonal: false,
      statusMap: [],
    },
    variables: [`${id}_URL`, `${id}_TOKEN`],
    readSettings(environment, faults) {
      const url = environment[`${id}_URL`];
      if (url === undefined) return null;
      if (!url.startsWith('https:')) faults.push(`${id}_URL must be https.`);
      return { pace };
    },
    open: () => expect.unreachable(),
    createSandbox: () => expect.unreachable(),
  };
}
const rooms = [fakeRoom('ALPHA'), fakeRoom('BETA')];
const real = { ALPHA_URL: 'https://alpha.example' };

function faultsOf(environment: Record<string, string>): readonly string[] {
  try {
    readSettings(environment, rooms);
  } catch (error) {
    if (error instanceof SettingsError) return error.faults;
    throw error;
  }
  return [];
}

test('with nothing set, brings up the sandbox on loopback with the documented defaults', () => {
  expect(readSettings({}, rooms)).toEqual({
    host: '127.0.0.1',
    port: 4000,
    auth: { mode: 'UNTIL_KEYS', trusted: null },
    allowedHosts: null,
    databaseUrl: null,
    dataDir: join(process.cwd(), 'data'),
    secretKey: null,
    oldKeys: [],
    rollUp: 'strict',
    sandbox: true,
    sources: [],
    readWaitMs: 800,
    changeRetentionDays: 400,
    maxBodyBytes: 65_536,
    subscriptionsPerCaller: 100,
    corsOrigins: [],
    persistedOperations: null,
    rateCostPerMin: null,
    logLevel: 'info',
  });
});

test('an empty variable counts as unset', () => {
  expect(readSettings({ PORT: '', ALPHA_URL: '', DATABASE_URL: '' }, rooms)).toMatchObject({
    port: 4000,
    sandbox: true,
  });
});

test('a source is on when its URL is set, and then there is no sandbox', () => {
  const settings = readSettings({ ...real, KYC_ROLLUP: 'any', HOST: '::1', AUTH: 'open' }, rooms);
  expect(settings).toMatchObject({ sandbox: false, rollUp: 'any', host: '::1' });
  expect(settings.sources.map(({ room }) => room.descriptor.id)).toEqual(['ALPHA']);
});

test('names every fault on a line of its own, and never a value', () => {
  const faults = faultsOf({
    PORT: '70000-secret',
    READ_WAIT_MS: '-1',
    CHANGE_RETENTION_DAYS: '0',
    LOG_LEVEL: 'loud-secret',
    ALPHA_URL: 'http://secret',
    KYC_SECRET_KEY: 'secret',
  });
  expect(faults.toSorted()).toEqual([
    'ALPHA_URL must be https.',
    'CHANGE_RETENTION_DAYS must be a whole number from 1 to 36500.',
    'KYC_SECRET_KEY must be 32 bytes in base64.',
    'LOG_LEVEL must be one of fatal, error, warn, info, debug, trace, silent.',
    'PORT must be a whole number from 0 to 65535.',
    'READ_WAIT_MS must be a whole number from 0 to 60000.',
  ]);
  expect(faults.join()).not.toContain('secret');
});

test.each([['0.0.0.0'], ['192.168.1.4'], ['gateway.example'], ['127.0.0.1.example']])(
  'refuses to listen on %s while AUTH is open',
  (host) => {
    expect(faultsOf({ ...real, HOST: host })).toEqual([expect.stringMatching(/^HOST must be 127\.0\.0\.1/)]);
  },
);

test.each([['70000'], ['4000.5'], ['0x10'], ['1e3'], [' 80'], ['-0'], ['٤']])(
  'refuses %j as PORT',
  (port) => {
    expect(faultsOf({ PORT: port })).toEqual(['PORT must be a whole number from 0 to 65535.']);
  },
);

describe('KYC_SECRET_KEYS', () => {
  const [present = '', ...old] = [1, 2, 3].map((byte) => Buffer.alloc(32, byte).toString('base64'));

  test.each([[', '], [','], [' '], ['\n']])('are read apart at %j', (between) => {
    const keys = { KYC_SECRET_KEY: present, KYC_SECRET_KEYS: old.join(between) };
    const { oldKeys } = readSettings({ ...real, ...keys }, rooms);
    expect(oldKeys).toEqual([new Uint8Array(32).fill(2), new Uint8Array(32).fill(3)]);
  });

  test('are refused where one is no key, without saying it, and without a present one', () => {
    const keys = { KYC_SECRET_KEY: present, KYC_SECRET_KEYS: `${old[0]} secret` };
    expect(faultsOf({ ...real, ...keys })).toEqual([
      'KYC_SECRET_KEYS must be keys of 32 bytes in base64, separated by commas or spaces.',
    ]);
    expect(faultsOf({ ...real, KYC_SECRET_KEYS: present })).toEqual([
      'KYC_SECRET_KEYS lists old keys: KYC_SECRET_KEY must say the present one.',
    ]);
  });
});

describe('KYC_SECRET_KEY', () => {
  const bytes = Buffer.alloc(32, 0xfb);

  test('is read as 32 bytes of base64', () => {
    const settings = readSettings({ ...real, KYC_SECRET_KEY: bytes.toString('base64') }, rooms);
    expect(settings.secretKey).toEqual(new Uint8Array(bytes));
  });

  test.each([
    ['31 bytes', Buffer.alloc(31).toString('base64')],
    ['33 bytes', Buffer.alloc(33).toString('base64')],
    ['hex', bytes.toString('hex')],
    ['base64url', bytes.toString('base64url')],
    ['trailing rubbish', `${bytes.toString('base64')}!!`],
  ])('refuses %s', (_, key) => {
    expect(faultsOf({ ...real, KYC_SECRET_KEY: key })).toEqual([
      'KYC_SECRET_KEY must be 32 bytes in base64.',
    ]);
  });
});

describe('DATABASE_URL', () => {
  const key = { KYC_SECRET_KEY: Buffer.alloc(32, 1).toString('base64') };

  test.each([['postgres://kyc:p%40ss@db.example:5432/kyc?sslmode=verify-full'], ['postgresql:///kyc']])(
    'is read as it stands: %s',
    (url) => {
      const settings = readSettings({ ...real, ...key, DATABASE_URL: url }, rooms);
      expect(settings).toMatchObject({ databaseUrl: url, sandbox: false });
    },
  );

  test.each([['mysql://kyc:secret@db/kyc'], ['secret'], ['postgres://secret:99999/'], ['/secret.db']])(
    'refuses %s and does not repeat it',
    (url) => {
      expect(faultsOf({ ...real, ...key, DATABASE_URL: url })).toEqual([
        'DATABASE_URL must be a URL of the form postgres://user:password@host:port/database.',
      ]);
    },
  );

  test('needs KYC_SECRET_KEY: a key made here would be unknown to other gateways', () => {
    expect(faultsOf({ ...real, DATABASE_URL: 'postgres://db/kyc' })).toEqual([
      expect.stringMatching(/^KYC_SECRET_KEY is required with DATABASE_URL/),
    ]);
  });
});

describe('the sandbox', () => {
  test('never shares a store with a real source', () => {
    expect(faultsOf({ ...real, SANDBOX: '1' })).toEqual([
      expect.stringMatching(/^SANDBOX is 1, but ALPHA_URL is set/),
    ]);
  });

  test.each([['DATABASE_URL'], ['AUTH_JWKS_URL']])('is not what %s without a source gets', (name) => {
    expect(faultsOf({ [name]: 'postgres://x' })).toContainEqual(
      expect.stringMatching(`^${name} is set, but no source is`),
    );
    expect(faultsOf({ [name]: 'postgres://x', SANDBOX: '1' })).toContainEqual(
      expect.stringMatching('^SANDBOX is 1, but'),
    );
  });

  test('switched off without a source leaves nothing to serve', () => {
    expect(faultsOf({ SANDBOX: '0' })).toEqual([expect.stringMatching(/^SANDBOX is 0 and no source is set/)]);
  });

  test('does not stand in for a source whose token is set and whose URL was forgotten', () => {
    expect(faultsOf({ ALPHA_TOKEN: 'x' })).toEqual([
      'ALPHA_TOKEN is set, but ALPHA_URL is not: the source would be off.',
    ]);
    expect(faultsOf({ ...real, BETA_TOKEN: 'x' })).toEqual([]);
  });

  test('refuses another word than 0 and 1', () => {
    expect(faultsOf({ SANDBOX: 'yes' })).toEqual(['SANDBOX must be 0 or 1.']);
  });
});

test('refuses a misspelled setting of a source', () => {
  expect(faultsOf({ ...real, ALPHA_TOKN: 'x', BETA_UR: 'x' })).toEqual([
    'ALPHA_TOKN is no setting of this gateway; ALPHA reads ALPHA_URL, ALPHA_TOKEN.',
    'BETA_UR is no setting of this gateway; BETA reads BETA_URL, BETA_TOKEN.',
  ]);
});

test.each([['METRICS_PORT'], ['IDEMPOTENCY_DAYS']])(
  'says that %s is not built yet rather than pass over it',
  (name) => {
    expect(faultsOf({ ...real, [name]: 'x' })).toEqual([`${name} is not built yet: take it away.`]);
  },
);

describe('.env', () => {
  test('is read when it is there, under the real environment', () => {
    const folder = mkdtempSync(join(tmpdir(), 'env-'));
    expect(readEnvironment(folder, { PORT: '1' })).toEqual({ PORT: '1' });
    writeFileSync(join(folder, '.env'), 'PORT=2\nLOG_LEVEL="debug" # why\nHOST=\n');
    expect(readEnvironment(folder, { PORT: '1' })).toEqual({ PORT: '1', LOG_LEVEL: 'debug' });
  });
});

describe('the dev key', () => {
  test('is made once, for its owner alone, and kept', () => {
    const folder = join(mkdtempSync(join(tmpdir(), 'key-')), 'data', 'sandbox');
    const key = readOrCreateDevKey(folder);
    expect(key).toHaveLength(32);
    expect(readOrCreateDevKey(folder)).toEqual(key);
    expect(readdirSync(folder)).toEqual(['dev.key']);
    expect(statSync(join(folder, 'dev.key')).mode & 0o777).toBe(0o600);
    expect(readOrCreateDevKey(mkdtempSync(join(tmpdir(), 'key-')))).not.toEqual(key);
  });

  test('that is damaged stops the start and is left as it is', () => {
    const folder = mkdtempSync(join(tmpdir(), 'key-'));
    writeFileSync(join(folder, 'dev.key'), 'half a k');
    expect(() => readOrCreateDevKey(folder)).toThrow(SettingsError);
    expect(readFileSync(join(folder, 'dev.key'), 'utf8')).toBe('half a k');
  });
});
