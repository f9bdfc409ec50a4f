import { mkdtempSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { describe, expect, test } from 'vitest';

import { personalRecord } from '#store/behaviours/personal-records';
import { knownOf, take } from '#store/behaviours/records';
import { openPostgresStore, openStore } from '#store/open-store';
import type { Store, StoreOptions } from '#store/store';
import { createTestDatabase, postgresServer } from '#store/testing/postgres-databases';

import { runCommand, runProcess } from './testing/run-command.ts';

const key = (byte: number) => new Uint8Array(32).fill(byte);
const [OLD, NEW] = [7, 8].map((byte) => Buffer.from(key(byte)).toString('base64')) as [string, string];
const NAMES = { policy: 'strict', sandbox: false } as const;
const RECORD = personalRecord({ fullName: 'Ada' });

async function rekey(environment: Readonly<Record<string, string>>, run: typeof runCommand = runCommand) {
  const settings = { FINX_URL: 'https://finx.example', FINX_TOKEN: 'x', KYC_SECRET_KEY: NEW };
  return await run(['rekey'], { environment: { ...settings, ...environment } });
}

const newFolder = () => mkdtempSync(join(tmpdir(), 'rekey-'));

async function expectRekeyed(store: Store): Promise<void> {
  expect((await knownOf(store, RECORD)).openPersonal()).toEqual(RECORD.verification.personal);
  const { rows } = await store.audit.page({
    filter: {},
    page: { take: 9, direction: 'FORWARD', after: null, before: null },
  });
  expect(rows.map(({ action }) => action)).toContain('REKEY');
  await store.close();
}

describe('rekey', () => {
  test('of a folder that a gateway owns is refused; when it has stopped, the old key may go', async () => {
    const DATA_DIR = newFolder();
    const gateway = await openStore(DATA_DIR, { ...NAMES, secretKey: key(7) });
    await take(gateway, [RECORD]);
    const both = { DATA_DIR, KYC_SECRET_KEYS: OLD };
    expect(await rekey(both)).toMatchObject({
      code: 1,
      out: '',
      err: expect.stringMatching(/^Another gateway is running on this data folder\.[^\n]*\n$/),
    });
    await gateway.close();

    expect(await rekey({ DATA_DIR })).toMatchObject({
      code: 1,
      err: expect.stringMatching(/KYC_SECRET_KEYS/),
    });
    const { code, err } = await rekey(both, runProcess);
    expect({ code, err }).toEqual({
      code: 0,
      err: 'Sealed anew: 1 rows. Left: 0.\nAll is sealed with KYC_SECRET_KEY (1 rows anew): KYC_SECRET_KEYS may go.\n',
    });
    await expectRekeyed(await openStore(DATA_DIR, { ...NAMES, secretKey: key(8) }));
  });

  test.skipIf(postgresServer === null)('runs beside a gateway on PostgreSQL', async () => {
    const database = await createTestDatabase();
    try {
      const open = (options: Omit<StoreOptions, 'policy' | 'sandbox'>) =>
        openPostgresStore(database.url, { ...NAMES, ...options });
      const old = await open({ secretKey: key(7) });
      await take(old, [RECORD]);
      await old.close();
      const gateway = await open({ secretKey: key(8), oldKeys: [key(7)] });
      const { code, err } = await rekey({ DATABASE_URL: database.url, KYC_SECRET_KEYS: OLD });
      expect({ code, err }).toMatchObject({
        code: 0,
        err: expect.stringMatching(/KYC_SECRET_KEYS may go\.\n$/),
      });
      await gateway.close();
      await expectRekeyed(await open({ secretKey: key(8) }));
    } finally {
      await database.drop();
    }
  });

  test('needs to be told which key is the new one', async () => {
    const DATA_DIR = newFolder();
    expect(await rekey({ DATA_DIR, KYC_SECRET_KEY: '' })).toMatchObject({
      code: 2,
      err: expect.stringMatching(/^KYC_SECRET_KEY .*\n$/),
    });
    expect(readdirSync(DATA_DIR)).toEqual([]);
  });
});
