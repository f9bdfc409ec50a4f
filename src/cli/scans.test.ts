import { mkdtempSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { describe, expect, test } from 'vitest';

import { incomplete } from '#kyc/source-report';
import { ALPHA, aRecord, scanWhole, statusRows } from '#store/behaviours/records';
import { openPostgresStore, openStore } from '#store/open-store';
import type { Store } from '#store/store';
import { createTestDatabase, postgresServer } from '#store/testing/postgres-databases';

import { runCommand, runProcess } from './testing/run-command.ts';

const SECRET_KEY = new Uint8Array(32).fill(7);
const OPTIONS = { policy: 'strict', secretKey: SECRET_KEY, sandbox: false } as const;
const SETTINGS = {
  FINX_URL: 'https://finx.example',
  FINX_TOKEN: 'x',
  KYC_SECRET_KEY: Buffer.from(SECRET_KEY).toString('base64'),
};
const HEADER = 'source,state,last_completed_at,last_attempt_at,failure,message,held_back,held_back_scan';

const scans = (environment: Readonly<Record<string, string>>, ...args: readonly string[]) =>
  runCommand(['scans', ...args], { environment: { ...SETTINGS, ...environment } });

const newFolder = () => mkdtempSync(join(tmpdir(), 'scans-'));
const RECORDS = Array.from({ length: 30 }, (_, index) =>
  aRecord({ externalId: `r${index}`, externalUserId: `u${index}` }),
);

/** 25 of 30 records of ALPHA are held back by its third scan. */
async function fill(store: Store): Promise<void> {
  await scanWhole(store, RECORDS, { second: 100 });
  await scanWhole(store, RECORDS.slice(25), { second: 101 });
  await scanWhole(store, RECORDS.slice(25), { second: 102 });
}

async function deletedIn(store: Store): Promise<number> {
  return (await statusRows(store)).filter((row) => row.to === 'CANCELLED').length;
}

describe('scans of the embedded store', () => {
  test('are listed beside a running gateway, and confirmed when it has stopped, once', async () => {
    const place = { DATA_DIR: newFolder() };
    const gateway = await openStore(place.DATA_DIR, OPTIONS);
    await fill(gateway);
    const listed = await scans(place, 'list');
    expect(listed).toMatchObject({ code: 0, err: '' });
    expect(listed.out.trim().split('\n')).toEqual([
      HEADER,
      expect.stringMatching(
        /^ALPHA,held back,\d{4}-[^,]+Z,\d{4}-[^,]+Z,SOURCE_INCOMPLETE,Two complete scans did not see 25 of 30 records\..*,25,3$/,
      ),
    ]);
    const owned = { environment: { ...SETTINGS, ...place } };
    expect(await runProcess(['scans', 'confirm', 'ALPHA'], owned)).toEqual({
      code: 1,
      out: '',
      err: expect.stringMatching(/^Another gateway is running on this data folder\.[^\n]*\n$/),
    });
    expect(await deletedIn(gateway)).toBe(0);
    await gateway.close();

    expect(await scans(place, 'confirm', 'ALPHA', '--scan', '2')).toEqual({
      code: 1,
      out: '',
      err: 'Nothing was deleted: by now scan 3 of ALPHA holds back 25 of 30 records. List and look again.\n',
    });
    expect(await scans(place, 'confirm', 'alpha', '--scan', '3')).toEqual({
      code: 0,
      out: '',
      err: 'Deleted: 25 records of ALPHA.\n',
    });
    const again = await openStore(place.DATA_DIR, OPTIONS);
    try {
      expect(await deletedIn(again)).toBe(25);
      // Nothing to confirm: nothing to own the folder for.
      expect(await scans(place, 'confirm', 'ALPHA')).toEqual({
        code: 0,
        out: '',
        err: 'Nothing of ALPHA is held back.\n',
      });
      expect((await scans(place, 'list')).out).toMatch(/\nALPHA,complete,[^,]+,[^,]+,,,0,\n$/);
    } finally {
      await again.close();
    }
  });

  test('tell what failed, and of a source without any that it has none', async () => {
    const place = { DATA_DIR: newFolder() };
    const store = await openStore(place.DATA_DIR, OPTIONS);
    await scanWhole(store, RECORDS, { second: 100, incomplete: incomplete('The list moved.') });
    await store.close();
    expect((await scans(place, 'list')).out).toMatch(
      /\nALPHA,failed,,[^,]+,SOURCE_INCOMPLETE,The list moved\.,0,\n$/,
    );
    expect(await scans(place, 'confirm', 'BETA')).toEqual({
      code: 1,
      out: '',
      err: 'BETA was never scanned.\n',
    });
  });

  test.each([[['list']], [['confirm', 'ALPHA']]])(
    'are none in a folder without a store, and %j makes none',
    async (args) => {
      const place = { DATA_DIR: newFolder() };
      expect(await scans(place, ...args)).toEqual({
        code: 1,
        out: '',
        err: 'There is no store of this version there: start the gateway once.\n',
      });
      expect(readdirSync(place.DATA_DIR)).toEqual([]);
    },
  );
});

test.skipIf(postgresServer === null)(
  'scans of a store on PostgreSQL are confirmed beside a running gateway, which hears of it',
  async () => {
    const database = await createTestDatabase();
    const gateway = await openPostgresStore(database.url, OPTIONS);
    try {
      const place = { DATABASE_URL: database.url };
      await fill(gateway);
      const heard = Promise.withResolvers<void>();
      gateway.onAppend(heard.resolve);
      expect((await scans(place, 'list')).out).toMatch(/\nALPHA,held back,.*,25,3\n$/);
      expect(await scans(place, 'confirm', 'ALPHA')).toMatchObject({ code: 0, out: '' });
      await heard.promise;
      expect(await deletedIn(gateway)).toBe(25);
      expect(await gateway.scanState(ALPHA)).toMatchObject({ heldBack: null, failure: null });
    } finally {
      await gateway.close();
      await database.drop();
    }
  },
);
