import { chmodSync, cpSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { aRecord, take, userOf } from '#store/behaviours/records';
import { openPostgresStore, openStore } from '#store/open-store';
import type { Store } from '#store/store';
import { postgresServer } from '#store/testing/postgres-databases';
import { OPTIONS, UNTIL, withPostgres } from '#store/testing/with-postgres';

const grow = (store: Store, name: string) => take(store, [aRecord({ externalId: name })]);

describe('the epoch of the log in a folder', () => {
  let root: string;
  let folder: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'kyc-epoch-'));
    folder = join(root, 'data');
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  /** Opens the store there, lets it do something, and closes it. @returns its epoch */
  async function visit(
    at: string,
    work: (store: Store) => Promise<unknown> = async () => {},
  ): Promise<string> {
    const store = await openStore(at, OPTIONS);
    try {
      await work(store);
      return store.changes.epoch;
    } finally {
      await store.close();
    }
  }
  const copyTo = (name: string, from = folder) =>
    cpSync(from, join(root, name), { recursive: true, preserveTimestamps: true });

  it('stays while the store stays where it is, wherever its folder is moved', async () => {
    const epoch = await visit(folder, (store) => grow(store, 'a'));
    expect(await visit(folder, (store) => grow(store, 'b'))).toBe(epoch);
    renameSync(folder, join(root, 'moved'));
    expect(await visit(join(root, 'moved'))).toBe(epoch);
  });

  it('is another one in a copy, and stays there; the one that was copied keeps its own', async () => {
    const epoch = await visit(folder, (store) => grow(store, 'a'));
    copyTo('copy');
    const ofCopy = await visit(join(root, 'copy'));
    expect(ofCopy).not.toBe(epoch);
    expect(await visit(join(root, 'copy'))).toBe(ofCopy);
    expect(await visit(folder)).toBe(epoch);
  });

  it.each([
    ['the whole folder, over what was there', ['store.db', 'log.place', 'log.head'] as const],
    ['the store alone, over what was there', ['store.db'] as const],
  ])('is another one when %s is put back', async (_what, files) => {
    const epoch = await visit(folder, (store) => grow(store, 'a'));
    copyTo('backup');
    expect(await visit(folder, (store) => grow(store, 'b'))).toBe(epoch);
    // In place, as cp does it.
    for (const name of files) writeFileSync(join(folder, name), readFileSync(join(root, 'backup', name)));
    const restored = await visit(folder, async (store) => {
      await grow(store, 'c');
      expect(await store.changes.head()).toBeGreaterThan(0);
    });
    expect(restored).not.toBe(epoch);
    expect(await visit(folder)).toBe(restored);
  });

  it('stays when a process died before it noted where the log ends', async () => {
    const epoch = await visit(folder, (store) => grow(store, 'a'));
    writeFileSync(join(folder, 'log.head'), '1');
    expect(await visit(folder)).toBe(epoch);
    rmSync(join(folder, 'log.head'));
    expect(await visit(folder)).toBe(epoch);
  });

  it('is another one when the file that says where it is was touched, though nothing was written', async () => {
    const epoch = await visit(folder);
    chmodSync(join(folder, 'log.place'), 0o600);
    const next = await visit(folder);
    expect(next).not.toBe(epoch);
    expect(await visit(folder)).toBe(next);
  });

  it('is another one where the file is gone that says where it is, or an operator says so', async () => {
    const epoch = await visit(folder);
    rmSync(join(folder, 'log.place'));
    const next = await visit(folder);
    expect(next).not.toBe(epoch);
    const renewed = await visit(folder, (store) => store.changes.renewEpoch());
    expect([epoch, next]).not.toContain(renewed);
    expect(await visit(folder)).toBe(renewed);
  });

  it('changes no id of a user', async () => {
    let before = '';
    await visit(folder, async (store) => {
      await grow(store, 'a');
      before = (await userOf(store, 'user-1')).id;
    });
    copyTo('copy');
    await visit(join(root, 'copy'), async (store) => {
      expect((await userOf(store, 'user-1')).id).toBe(before);
      await grow(store, 'a');
      expect((await userOf(store, 'user-1')).id).toBe(before);
    });
  });
});

describe.skipIf(postgresServer === null)('the epoch of the log in a database', () => {
  const { open, database } = withPostgres();

  /** Opens the store of a URL and closes it. */
  async function epochAt(url: string): Promise<string> {
    const store = await openPostgresStore(url, OPTIONS);
    await store.close();
    return store.changes.epoch;
  }
  const epochHere = () => epochAt(database().url);

  it('stays when gateways come and go, and is the same to all', async () => {
    const store = await open();
    await grow(store, 'a');
    const { epoch } = store.changes;
    expect((await open()).changes.epoch).toBe(epoch);
    await store.close();
    expect(await epochHere()).toBe(epoch);
  });

  it('is another one in a copy of the database', async () => {
    const epoch = await epochHere();
    const { pathname } = new URL(database().url);
    const copy = Object.assign(new URL(database().url), { pathname: `${pathname}_copy` }).href;
    const server = Object.assign(new URL(database().url), { pathname: '/template1' }).href;
    const { default: pg } = await import('pg');
    const client = new pg.Client({ connectionString: server });
    await client.connect();
    try {
      await client.query(`create database ${pathname.slice(1)}_copy template ${pathname.slice(1)}`);
      const ofCopy = await epochAt(copy);
      expect(ofCopy).not.toBe(epoch);
      expect(await epochAt(copy)).toBe(ofCopy);
      expect(await epochHere()).toBe(epoch);
    } finally {
      await client.query(`drop database if exists ${pathname.slice(1)}_copy with (force)`);
      await client.end();
    }
  });

  it('is another one when the tables were dropped and made again from a dump', async () => {
    const epoch = await epochHere();
    await database().run(
      'create table dumped as select * from changes; drop table changes; create table changes (like dumped)',
    );
    const restored = await epochHere();
    expect(restored).not.toBe(epoch);
    expect(await epochHere()).toBe(restored);
  });

  it('is another one to gateways that run, once another server has taken over', async () => {
    const [one, two] = [await open(), await open()];
    const { epoch } = one.changes;
    await database().run("update meta set value = 'before it took over' where key = 'log_place'");
    await database().run(
      'select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()',
    );
    await vi.waitFor(() => {
      expect(one.changes.epoch).not.toBe(epoch);
      expect(two.changes.epoch).toBe(one.changes.epoch);
    }, UNTIL);
  });

  it('is another one when an operator says so', async () => {
    const store = await open();
    const { epoch } = store.changes;
    await store.changes.renewEpoch();
    expect(store.changes.epoch).not.toBe(epoch);
    expect(await epochHere()).toBe(store.changes.epoch);
  });
});
