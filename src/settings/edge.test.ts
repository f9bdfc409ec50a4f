import { createHash } from 'node:crypto';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { describe, expect, test } from 'vitest';

import { readSettings, SettingsError } from '#settings';
import { rooms } from '#sources/index';

const REQUIRED = {
  FINX_URL: 'https://finx.example',
  FINX_TOKEN: 'x',
  AUTH: 'required',
  KYC_SECRET_KEY: Buffer.alloc(32, 1).toString('base64'),
};
const read = (environment: Record<string, string>) => readSettings({ ...REQUIRED, ...environment }, rooms);
function faultsOf(environment: Record<string, string>): readonly string[] {
  try {
    read(environment);
  } catch (error) {
    if (error instanceof SettingsError) return error.faults;
    throw error;
  }
  return [];
}

describe('CORS_ORIGINS', () => {
  test('is a list of origins, to the letter', () => {
    expect(read({}).corsOrigins).toEqual([]);
    expect(read({ CORS_ORIGINS: 'https://app.example, http://localhost:3000' }).corsOrigins).toEqual([
      'https://app.example',
      'http://localhost:3000',
    ]);
  });

  test.each([
    ['*'],
    ['null'],
    ['https://*.example'],
    ['https://app.example/'],
    ['https://APP.example'],
    ['https://app.example:443'],
    ['app.example'],
    ['https://app.example,'],
    ['https://user@app.example'],
    ['file://x'],
  ])('%s is none', (origins) => {
    expect(faultsOf({ CORS_ORIGINS: origins })).toEqual([
      'CORS_ORIGINS must be a list of origins (https://host or https://host:port), separated by commas.',
    ]);
  });

  test('needs callers who say who they are', () => {
    expect(faultsOf({ AUTH: 'open', CORS_ORIGINS: 'https://app.example' })).toEqual([
      expect.stringMatching(/^CORS_ORIGINS needs AUTH required/),
    ]);
  });
});

test('RATE_COST_PER_MIN is a whole number, and none unless it is set', () => {
  expect(read({}).rateCostPerMin).toBeNull();
  expect(read({ RATE_COST_PER_MIN: '20000' }).rateCostPerMin).toBe(20_000);
  for (const wrong of ['0', '-1', '1.5', 'much'])
    expect(faultsOf({ RATE_COST_PER_MIN: wrong })).toEqual([
      'RATE_COST_PER_MIN must be a whole number from 1 to 999999999.',
    ]);
});

describe('PERSISTED_OPERATIONS_FILE', () => {
  const folder = mkdtempSync(join(tmpdir(), 'manifest-'));
  const text = 'query Kind { viewer { kind } }';
  const id = createHash('sha256').update(text).digest('hex');
  const fileWith = (content: unknown) => {
    const path = join(folder, `${createHash('md5').update(JSON.stringify(content)).digest('hex')}.json`);
    writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
    return path;
  };
  const manifest = (...operations: object[]) => ({
    format: 'apollo-persisted-query-manifest',
    version: 1,
    operations,
  });
  const one = { id, name: 'Kind', type: 'query', body: text };

  test.each<[string, unknown]>([
    ["Apollo's manifest", manifest(one)],
    ['a map of ids to texts', { [id]: text }],
  ])('is %s', (_, content) => {
    expect(read({ PERSISTED_OPERATIONS_FILE: fileWith(content) }).persistedOperations).toEqual(
      new Map([[id, text]]),
    );
  });

  test("takes ids that are no SHA-256, as Relay's", () => {
    const operations = { d41d8cd98f00b204e9800998ecf8427e: text };
    const settings = read({ PERSISTED_OPERATIONS_FILE: fileWith(operations) });
    expect(settings.persistedOperations?.size).toBe(1);
  });

  test.each<[string, unknown, RegExp]>([
    ['no JSON', '{secret', /cannot be read, or is no JSON\.$/],
    ['something else', { operations: [one] }, /holds no operations/],
    ['another version', { ...manifest(one), version: 2 }, /holds no operations/],
    ['nothing', {}, /holds no operations/],
    ['an operation without a text', manifest({ id }), /holds no operations/],
    ['an id with a space', { 'a b': text }, /gives operation number 1 no id/],
    ['a hash of another text', { [id]: `${text} ` }, /is not the SHA-256 of its text\.$/],
    ['one id twice', manifest(one, one), /gives two operations one id\.$/],
  ])('refuses %s', (_, content, fault) => {
    const faults = faultsOf({ PERSISTED_OPERATIONS_FILE: fileWith(content) });
    expect(faults).toEqual([expect.stringMatching(fault)]);
    expect(faults[0]).toMatch(/^PERSISTED_OPERATIONS_FILE /);
  });

  test('refuses a path of nothing', () => {
    expect(faultsOf({ PERSISTED_OPERATIONS_FILE: '/nowhere/secret' })).toEqual([
      'PERSISTED_OPERATIONS_FILE cannot be read, or is no JSON.',
    ]);
  });
});
