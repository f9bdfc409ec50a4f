import { mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { describe, expect, test } from 'vitest';

import { parseApiKey } from '#access/api-key';
import { openStore } from '#store/open-store';
import { createTestDatabase, postgresServer } from '#store/testing/postgres-databases';

import { runCommand, runProcess } from './testing/run-command.ts';

const KEY = Buffer.alloc(32, 7).toString('base64');
const SOURCE = { FINX_URL: 'https://finx.example', FINX_TOKEN: 'x' };
const PARTNER = ['create', '--kind', 'partner', '--subject', 'acme', '--scope', 'kyc:status'];

interface Place {
  readonly folder: string;
  readonly environment: Readonly<Record<string, string>>;
}
const newFolder = (): Place => {
  const folder = mkdtempSync(join(tmpdir(), 'keys-'));
  return { folder, environment: { ...SOURCE, DATA_DIR: folder, KYC_SECRET_KEY: KEY } };
};

const keys = (place: Place, ...args: readonly string[]) => runCommand(['keys', ...args], place);

const idIn = (shown: string) => parseApiKey(shown.trim())?.id ?? expect.unreachable('No key was shown.');
const linesOf = (csv: string) => csv.trim().split('\n').slice(1);

/** The whole life of a key, by commands alone. */
async function liveThroughAll(place: Place): Promise<readonly string[]> {
  const made = await keys(place, ...PARTNER, 'kyc:write', '--expires-days', '30');
  expect(made).toMatchObject({ code: 0, out: expect.stringMatching(/^kyc_[0-9a-f]{16}_[\w-]{43}\n$/) });
  const id = idIn(made.out);
  expect(made.err).toContain(id);
  const listed = await keys(place, 'list');
  expect(listed).toMatchObject({ code: 0, err: '' });
  expect(linesOf(listed.out)).toEqual([
    expect.stringMatching(`^${id},holds,partner,acme,kyc:status kyc:write,`),
  ]);
  const next = await keys(place, 'rotate', id, '--overlap-hours', '0');
  expect(next.code).toBe(0);
  expect((await keys(place, 'rotate', id)).code).toBe(1);
  expect((await keys(place, 'revoke', idIn(next.out))).code).toBe(0);
  expect(await keys(place, 'revoke', idIn(next.out))).toEqual({
    code: 1,
    out: '',
    err: 'There is no such key, or it is revoked already.\n',
  });
  const after = await keys(place, 'list');
  expect(linesOf(after.out).map((line) => line.split(',', 5).slice(1).join())).toEqual([
    'expired,partner,acme,kyc:status kyc:write',
    'revoked,partner,acme,kyc:status kyc:write',
  ]);
  const secrets = [made.out, next.out].map((shown) => parseApiKey(shown.trim())?.secret ?? '');
  for (const secret of secrets) {
    expect(made.err + listed.out + next.err + after.out).not.toContain(secret);
    expect(secret).toHaveLength(43);
  }
  return secrets;
}

function bytesIn(folder: string): Buffer {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8', withFileTypes: true });
  const files = names.filter((entry) => entry.isFile());
  return Buffer.concat(files.map((entry) => readFileSync(join(entry.parentPath, entry.name))));
}

describe('keys', () => {
  test('are made, listed, rotated and revoked on the embedded store, which never holds a secret', async () => {
    const place = newFolder();
    const secrets = await liveThroughAll(place);
    const held = bytesIn(place.folder);
    expect(await runProcess(['keys', 'list'], place)).toEqual(await keys(place, 'list'));
    expect(held.includes('acme')).toBe(true);
    for (const secret of secrets) {
      expect(held.includes(secret)).toBe(false);
      expect(held.includes(Buffer.from(secret, 'base64url'))).toBe(false);
    }
  });

  test.skipIf(postgresServer === null)('the same on PostgreSQL', async () => {
    const database = await createTestDatabase();
    try {
      const place = newFolder();
      const environment = { ...place.environment, DATABASE_URL: database.url };
      const secrets = await liveThroughAll({ ...place, environment });
      expect(secrets).toHaveLength(2);
      expect(readdirSync(place.folder)).toEqual([]);
    } finally {
      await database.drop();
    }
  });

  test('of a folder that a gateway owns are listed, and not changed', async () => {
    const place = newFolder();
    const { out } = await keys(place, ...PARTNER);
    const secretKey = new Uint8Array(Buffer.from(KEY, 'base64'));
    const gateway = await openStore(place.folder, { policy: 'strict', secretKey, sandbox: false });
    try {
      expect(linesOf((await keys(place, 'list')).out)).toHaveLength(1);
      for (const args of [PARTNER, ['revoke', idIn(out)], ['rotate', idIn(out)]]) {
        const refused = await keys(place, ...args);
        expect(refused).toMatchObject({ code: 1, out: '' });
        expect(refused.err).toMatch(/^Another gateway is running on this data folder\.[^\n]*\n$/);
      }
      expect((await gateway.apiKeys.list()).map(({ revokedAt }) => revokedAt)).toEqual([null]);
    } finally {
      await gateway.close();
    }
  });

  test('need a key to seal by that is no dev key', async () => {
    const { folder, environment } = newFolder();
    const { KYC_SECRET_KEY: _, ...rest } = environment;
    const refused = await keys({ folder, environment: rest }, ...PARTNER);
    expect(refused).toMatchObject({ code: 2, out: '', err: expect.stringMatching(/^KYC_SECRET_KEY .*\n$/) });
    expect(readdirSync(folder)).toEqual([]);
  });

  test('are none in a folder without a store, and looking makes none', async () => {
    const place = newFolder();
    expect(await keys(place, 'list')).toMatchObject({ code: 1, out: '' });
    expect(readdirSync(place.folder)).toEqual([]);
  });

  test.each([
    ['an end user', ['--kind', 'end_user', '--subject', 'a', '--scope', 'kyc:status']],
    ['no kind', ['--subject', 'a', '--scope', 'kyc:status']],
    ['an unknown scope', ['--kind', 'partner', '--subject', 'a', '--scope', 'kyc:all']],
    ['no scope', ['--kind', 'partner', '--subject', 'a']],
    ['no subject', ['--kind', 'partner', '--subject', '', '--scope', 'kyc:status']],
    ['401 days', [...PARTNER.slice(1), '--expires-days', '401']],
    ['0 days', [...PARTNER.slice(1), '--expires-days', '0']],
    ['days that are no number', [...PARTNER.slice(1), '--expires-days', '1e2']],
  ])('are not made for %s', async (_, args) => {
    const place = newFolder();
    expect(await keys(place, 'create', ...args)).toMatchObject({ code: 1, out: '' });
    expect(readdirSync(place.folder)).toEqual([]);
  });
});
