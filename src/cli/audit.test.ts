import { mkdtempSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { describe, expect, test } from 'vitest';

import {
  type AuditPlace,
  anAct,
  embeddedPlace,
  fill,
  postgresPlace,
  rowsOf,
  SECRET_KEY,
  someone,
} from '#store/testing/audit-places';
import { postgresServer } from '#store/testing/postgres-databases';

import { runCommand, runProcess } from './testing/run-command.ts';

const KEY = { KYC_SECRET_KEY: Buffer.from(SECRET_KEY).toString('base64') };
const SOURCE = { FINX_URL: 'https://finx.example', FINX_TOKEN: 'x' };

const around = (environment: Readonly<Record<string, string>>) => ({
  environment: { ...SOURCE, ...environment },
});
const run = (environment: Readonly<Record<string, string>>, ...args: readonly string[]) =>
  runCommand(args, around(environment));
async function verify({ place }: AuditPlace, by: typeof runCommand = runCommand) {
  const named = 'url' in place ? { DATABASE_URL: place.url } : { DATA_DIR: place.folder };
  return await by(['audit', 'verify'], around({ ...named, ...KEY }));
}

describe.each([
  ['SQLite', embeddedPlace, true],
  ['PostgreSQL', postgresPlace, postgresServer !== null],
] as const)('audit verify on %s', (_name, make, isThere) => {
  test.skipIf(!isThere)('proves the audit beside its gateway, and names what was changed', async () => {
    const place = await make();
    try {
      await fill(place, 5);
      const gateway = await place.open();
      await gateway.audit.append(someone, [anAct()]);
      const [first, last] = (await rowsOf(place))
        .toSorted((one, other) => (one.at < other.at ? -1 : 1))
        .flatMap((row, at, rows) => (at === 0 || at === rows.length - 1 ? [row] : []));
      const hash = Buffer.from(last?.hash ?? []).toString('base64');
      expect(await verify(place)).toEqual({
        code: 0,
        out: `END ${last?.chain} 1 ${hash}\n`,
        err: '7 rows in 2 chains. All are as they were written.\n',
      });
      await gateway.close();
      await place.run("update audit set actor = 'bert' where sequence = 3", { forced: true });
      const broken = await verify(place, runProcess);
      expect(broken).toMatchObject({ code: 1, err: '8 rows in 2 chains. Faults: 1.\n' });
      expect(broken.out).toContain(`ALTERED ${first?.chain} 3: row 3 is not what was written`);
      expect(broken.out + broken.err).not.toContain('bert');
    } finally {
      await place.remove();
    }
  });
});

describe('audit verify', () => {
  test('needs the key, and a store, and makes neither', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'audit-'));
    const without = await run({ DATA_DIR: folder }, 'audit', 'verify');
    expect(without).toMatchObject({ code: 2, out: '', err: expect.stringMatching(/^KYC_SECRET_KEY .*\n$/) });
    expect(await run({ DATA_DIR: folder, ...KEY }, 'audit', 'verify')).toMatchObject({ code: 1, out: '' });
    expect(readdirSync(folder)).toEqual([]);
  });

  test('finds what commands did', async () => {
    const place = await embeddedPlace();
    try {
      await (await place.open()).close();
      const folder = 'folder' in place.place ? place.place.folder : '';
      const environment = { DATA_DIR: folder, ...KEY };
      const made = await run(
        environment,
        'keys',
        'create',
        '--kind',
        'partner',
        '--subject',
        'acme',
        '--scope',
        'kyc:status',
      );
      expect(made.code).toBe(0);
      expect((await run(environment, 'keys', 'revoke', made.out.trim())).code).toBe(1);
      const rows = await rowsOf(place);
      const acts = rows
        .toSorted((one, other) => (one.at < other.at ? -1 : 1))
        .map(({ action, actor, reason }) => ({ action, actor, reason }));
      const id = made.out.split('_')[1];
      expect(acts).toEqual([
        { action: 'KEY_CREATE', actor: 'cli', reason: `key ${id}` },
        { action: 'CHAIN_END', actor: 'gateway', reason: null },
        // Somebody gave the whole key where its id was meant: it is not kept.
        { action: 'KEY_REVOKE', actor: 'cli', reason: 'key unknown' },
        { action: 'CHAIN_END', actor: 'gateway', reason: null },
      ]);
      expect((await verify(place)).code).toBe(0);
    } finally {
      await place.remove();
    }
  });
});
