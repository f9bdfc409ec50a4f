import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { SEES_ALL } from '#kyc/sight';
import { aRecord, aSource, at, idOf, logOf, take } from '#store/behaviours/records';
import { StoreRefusedError, StoreUnavailableError } from '#store/database';
import { openStore } from '#store/open-store';
import type { Store, StoreOptions } from '#store/store';

import { openSqlite } from './sqlite.ts';
import { startSqliteThread } from './sqlite-thread.ts';

const OPTIONS: StoreOptions = { policy: 'strict', secretKey: new Uint8Array(32).fill(7), sandbox: false };
const KILLS = 5;

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kyc-sqlite-'));
});
afterEach(async () => {
  for (const intake of intakes) await intake.kill();
  await rm(folder, { recursive: true });
});

describe('a file that fails', () => {
  it('is refused in readable words when it is no database, and the folder is free again', async () => {
    const path = join(folder, 'store.db');
    await writeFile(path, 'no database at all. '.repeat(1000));
    await expect(openStore(folder, OPTIONS)).rejects.toThrow(StoreRefusedError);
    await rm(path);
    await (await openStore(folder, OPTIONS)).close();
  });

  it('makes the store unavailable when its disk is full, and is there again when there is room', async () => {
    const thread = await startSqliteThread(join(folder, 'store.db'), 'WRITE');
    await thread.execute('create table things (bytes blob)', []);
    await thread.execute('pragma max_page_count = 4', []);
    const insert = () => thread.execute('insert into things values (zeroblob(100000))', []);
    await expect(insert()).rejects.toThrow(StoreUnavailableError);
    await thread.execute('pragma max_page_count = 1000', []);
    expect(await insert()).toMatchObject({ changes: 1 });
    await expect(thread.execute('nonsense', [])).rejects.not.toThrow(StoreUnavailableError);
    await thread.close();
  });
});

describe('a data folder', () => {
  it('has one gateway; another process is refused in readable words until the first is gone, however it went', async () => {
    const owner = await startIntake(folder);
    await expect(openStore(folder, OPTIONS)).rejects.toThrow(
      /Another gateway is running on this data folder/,
    );
    await owner.kill();
    const store = await openStore(folder, OPTIONS);
    expect(await store.isReady()).toBe(true);
    await store.close();
  });

  it('has one gateway within a process too', async () => {
    const store = await openStore(folder, OPTIONS);
    await expect(openStore(folder, OPTIONS)).rejects.toThrow(/Another gateway/);
    await store.close();
    await (await openStore(folder, OPTIONS)).close();
  });

  it('opens with its own key alone, and stays free after a refusal', async () => {
    await (await openStore(folder, OPTIONS)).close();
    const other = { ...OPTIONS, secretKey: new Uint8Array(32).fill(8) };
    await expect(openStore(folder, other)).rejects.toThrow(/KYC_SECRET_KEY is not the key/);
    await (await openStore(folder, OPTIONS)).close();
  });

  it.each([true, false])('made with sandbox %s opens under that mark alone', async (sandbox) => {
    await (await openStore(folder, { ...OPTIONS, sandbox })).close();
    await expect(openStore(folder, { ...OPTIONS, sandbox: !sandbox })).rejects.toThrow(/sandbox/);
    await (await openStore(folder, { ...OPTIONS, sandbox })).close();
  });

  it('keeps the id of its store', async () => {
    const first = await openStore(folder, OPTIONS);
    await first.close();
    const again = await openStore(folder, OPTIONS);
    expect(again.id).toBe(first.id);
    await again.close();
  });

  it('holds no personal value, payload or credential in plain bytes, in no file', async () => {
    const store = await openStore(folder, OPTIONS);
    const words = ['ada@example.test', 'PASSNUMBER', 'Lovelace', 'payload-word', 'pat-secret', 'owner-link'];
    const [email = '', number = '', name = '', payload = '', credential = '', owner = ''] = words;
    const person = { ...NO_PERSON, email, fullName: name };
    const document = { ...A_DOCUMENT, number };
    const personal = { person, documents: [document], declineReason: null, rejectionMessage: null };
    await take(store, [aRecord({ personal }, { said: payload })]);
    await store.connectIdentity({
      identity: { source: aSource().id, externalId: 'user-1' },
      credential: { credential, tenant: null },
      owner,
      userId: null,
      by: 'test',
    });
    await expectNowhere(folder, words);
    await store.close();
    await expectNowhere(folder, words);
  });

  it('holds each batch whole or not at all, and a log without holes, after any kill', async () => {
    for (let kills = 1; kills <= KILLS; kills += 1) {
      const intake = await startIntake(folder);
      await intake.until((line) => line === String(kills));
      await intake.kill();
      const store = await openStore(folder, OPTIONS);
      await expectWholeBatches(store);
      await store.close();
    }
  });
});

describe('rows', () => {
  it('look alike from every connection, bytes included', async () => {
    const database = await openSqlite(folder);
    await database.write
      .insertInto('identities')
      .values({ ...AN_IDENTITY, credential: new Uint8Array([1, 2, 3]) })
      .execute();
    for (const connection of [database.write, database.read, database.longRead]) {
      const row = await connection.selectFrom('identities').selectAll().executeTakeFirstOrThrow();
      expect(row).toStrictEqual({ ...AN_IDENTITY, credential: new Uint8Array([1, 2, 3]) });
    }
    await database.close();
  });

  it('are written by the writing connection alone', async () => {
    const database = await openSqlite(folder);
    for (const connection of [database.read, database.longRead]) {
      const insert = connection.insertInto('meta').values({ key: 'a', value: 'b' }).execute();
      await expect(insert).rejects.toThrow(/readonly/);
    }
    await database.close();
  });

  it('of a transaction that fails are not there, and the next transaction goes through', async () => {
    const database = await openSqlite(folder);
    const failing = database.write.transaction().execute(async (transaction) => {
      await transaction.insertInto('meta').values({ key: 'a', value: 'b' }).execute();
      throw new Error('changed my mind');
    });
    const following = database.write.insertInto('meta').values({ key: 'c', value: 'd' }).execute();
    await expect(failing).rejects.toThrow('changed my mind');
    await following;
    expect(await database.read.selectFrom('meta').select('key').execute()).toEqual([{ key: 'c' }]);
    await database.close();
  });
});

describe('a thread', () => {
  it('that ends rejects what comes after it', async () => {
    const thread = await startSqliteThread(join(folder, 'a.db'), 'WRITE');
    await thread.close();
    expect(thread.isAlive()).toBe(false);
    await expect(thread.execute('select 1', [])).rejects.toThrow(/thread ended/);
  });

  it('that ends rejects what waits for it, however long that would have taken', async () => {
    await (await startSqliteThread(join(folder, 'a.db'), 'WRITE')).close();
    const thread = await startSqliteThread(join(folder, 'a.db'), 'READ');
    const endless = 'with recursive n(x) as (select 1 union all select x + 1 from n) select max(x) from n';
    const waiting = [thread.execute(endless, []), thread.execute('select 1', [])];
    const outcomes = Promise.allSettled(waiting);
    await thread.close();
    expect((await outcomes).map((outcome) => outcome.status)).toEqual(['rejected', 'rejected']);
    expect(thread.isAlive()).toBe(false);
  });

  it('whose file cannot be opened says so at once', async () => {
    await expect(startSqliteThread(join(folder, 'no', 'such.db'), 'READ')).rejects.toThrow(
      /cannot be opened/,
    );
  });

  it('tells a failing statement from a dead file', async () => {
    const thread = await startSqliteThread(join(folder, 'a.db'), 'WRITE');
    await expect(thread.execute('select nonsense', [])).rejects.toThrow(/no such column/);
    expect((await thread.execute('select 1 as one', [])).rows).toEqual([{ one: 1 }]);
    await thread.close();
  });

  it('of a store that was closed makes it not ready, without an error', async () => {
    const store = await openStore(folder, OPTIONS);
    await store.close();
    await store.close();
    expect(await store.isReady()).toBe(false);
    await expect(take(store, [aRecord()])).rejects.toThrow();
  });
});

const AN_IDENTITY = {
  source: 'ALPHA',
  external_id: 'user-1',
  user_id: 'user',
  linked_at: at(1),
  linked_by: null,
  joined: 0,
  last_read_at: null,
  open: 1,
  owner_hash: null,
  owner: null,
} as const;

const NO_PERSON = {
  fullName: null,
  givenName: null,
  familyName: null,
  legalName: null,
  email: null,
  dateOfBirth: null,
  nationality: null,
  countryOfResidence: null,
};

const A_DOCUMENT = {
  kind: 'PASSPORT',
  sourceKind: 'passport',
  number: null,
  issuingCountry: null,
  issuedOn: null,
  expiresOn: null,
  submittedAt: null,
  imageIds: [],
  evidenceUrl: null,
} as const;

async function expectNowhere(where: string, words: readonly string[]): Promise<void> {
  const names = await readdir(where);
  expect(names).toContain('store.db');
  for (const name of names) {
    const bytes = await readFile(join(where, name));
    for (const word of words) expect(bytes.includes(word), `${word} in ${name}`).toBe(false);
  }
}

interface Intake {
  /** Resolves when the child said a line that is it. */
  until(isIt: (line: string) => boolean): Promise<void>;
  kill(): Promise<void>;
}

const intakes = new Set<Intake>();

/** Starts a process that takes batches in for ever, and waits until the store is its own. */
async function startIntake(where: string): Promise<Intake> {
  const script = join(import.meta.dirname, '../behaviours/ingest-forever.ts');
  const child = spawn(process.execPath, [script, where], { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(child, 'exit');
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const intake: Intake = {
    async until(isIt) {
      for (;;) {
        const line = await lines.next();
        if (line.done === true) throw new Error('The child ended before it said so.');
        if (isIt(line.value)) return;
      }
    },
    async kill() {
      intakes.delete(intake);
      child.kill('SIGKILL');
      await ended;
    },
  };
  intakes.add(intake);
  await intake.until((line) => line === 'open');
  return intake;
}

/** Each batch has all of its 50 records, each of which has its user; every subject has one row; positions have no hole. */
async function expectWholeBatches(store: Store): Promise<void> {
  const log = await logOf(store);
  expect(log.map((row) => row.position)).toEqual(log.map((_, index) => index + 1));
  expect(log.every((row) => row.sequence === 1)).toBe(true);
  const records = log.filter((row) => 'verificationId' in row);
  expect(records.length % 50).toBe(0);
  expect(log).toHaveLength(records.length * 2);
  expect(await store.countVerifications({}, SEES_ALL)).toBe(records.length);
  expect(await store.countUsers({}, SEES_ALL)).toBe(records.length);
  const last = aRecord({ externalId: `${records.length / 50 - 1}-49` });
  expect((await store.readVerifications([idOf(last)], SEES_ALL))[0]?.openPersonal()).toBeDefined();
}
