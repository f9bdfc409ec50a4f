import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { SEES_ALL } from '#kyc/sight';
import { personalRecord } from '#store/behaviours/personal-records';
import { aSource, at, take, userOf } from '#store/behaviours/records';
import { createBell } from '#store/bell';
import { Lane } from '#store/lane';
import { openStore } from '#store/open-store';
import { createSealers } from '#store/sealing';
import { openSqlite } from '#store/sqlite/sqlite';
import type { StoreOptions } from '#store/store';

import { eraseUser } from './erase-user.ts';

const OPTIONS: StoreOptions = { policy: 'strict', secretKey: new Uint8Array(32).fill(7), sandbox: false };
const ADA = { fullName: 'Ada Lovelace', email: 'ada@example.test' };

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kyc-erased-'));
});
afterEach(async () => await rm(folder, { recursive: true }));

const many = (count: number) =>
  Array.from({ length: count }, (_, index) => personalRecord(ADA, `P${index}`, { externalId: `r${index}` }));

/** Sealed values and hashes as they stand in the tables now. */
function sealedBytes(): readonly Uint8Array[] {
  const file = new DatabaseSync(join(folder, 'store.db'), { readOnly: true });
  try {
    const rows = [
      ...file
        .prepare('select personal as bytes from verifications union all select raw from verifications')
        .all(),
      ...file.prepare('select hash as bytes from personal_hashes').all(),
      ...file.prepare('select credential as bytes from identities where credential is not null').all(),
    ];
    return rows.flatMap(({ bytes }) => (bytes instanceof Uint8Array ? [bytes] : []));
  } finally {
    file.close();
  }
}

async function foundOf(wanted: readonly Uint8Array[]): Promise<number> {
  const names = await readdir(folder);
  const files = Buffer.concat(await Promise.all(names.map((name) => readFile(join(folder, name)))));
  // A long value is cut by the pages that hold it: its beginning alone is looked for.
  return wanted.filter((bytes) => files.includes(Buffer.from(bytes).subarray(0, 32))).length;
}

describe('the files of an embedded store', () => {
  it('do not hold what was erased, not even sealed, while the gateway runs', async () => {
    const store = await openStore(folder, OPTIONS);
    await take(store, many(60));
    await store.connectIdentity({
      identity: { source: personalRecord({}).verification.source, externalId: 'user-1' },
      credential: { credential: 'pat', tenant: null },
      owner: null,
      userId: null,
      by: 'test',
    });
    const sealed = sealedBytes();
    expect(sealed.length).toBeGreaterThan(200);
    expect(await foundOf(sealed)).toBe(sealed.length);
    const { id } = await userOf(store, 'user-1');
    await store.erasures.eraseUser(id);
    expect(await foundOf(sealed)).toBe(0);
    await store.close();
  });
});

describe('an erasure that is cut short', () => {
  /** 50 of 150 records are still to be done. */
  async function cutShort() {
    const store = await openStore(folder, OPTIONS);
    await take(store, many(150));
    const { id } = await userOf(store, 'user-1');
    await store.close();
    await expect(eraseAndDie(id)).rejects.toThrow('The process died.');
    const again = await openStore(folder, OPTIONS);
    const persons = async () => {
      const known = (await again.readVerificationsOfUsers([id], SEES_ALL)).get(id) ?? [];
      const told = known.map((one) => JSON.stringify(one.openPersonal()));
      return told.filter((one) => one.includes('Lovelace')).length;
    };
    expect(await persons()).toBe(50);
    return { store: again, persons };
  }

  it('has let nothing in since it began, and is finished later', async () => {
    const { store, persons } = await cutShort();
    await take(store, [personalRecord(ADA, 'P', { externalId: 'later' })]);
    expect(await persons()).toBe(50);
    await store.erasures.finishErasures();
    expect(await persons()).toBe(0);
    expect(await store.countUsers({ email: ADA.email }, SEES_ALL)).toBe(0);
    await store.close();
  });

  it('keeps nothing of the copies that it has not come to, where later reads leave something out', async () => {
    const { store, persons } = await cutShort();
    const bare = many(150).map(({ verification }) =>
      personalRecord({}, null, { externalId: verification.externalId, updatedAt: at(2) }),
    );
    const source = aSource({ keepsPersonal: true });
    await take(store, bare, { source, readStartedAt: at(300) });
    expect(await persons()).toBe(0);
    await store.close();
  });
});

/** How many records are done. */
function doneByNow(): number {
  const file = new DatabaseSync(join(folder, 'store.db'), { readOnly: true });
  try {
    return Number(
      file.prepare('select count(*) as count from verifications where raw is null').get()?.['count'],
    );
  } finally {
    file.close();
  }
}

/** Erases a user of more than one batch, in a process that dies after the first. */
async function eraseAndDie(userId: string): Promise<void> {
  const database = await openSqlite(folder);
  const write = Object.create(database.write, {
    transaction: {
      value: () => {
        if (doneByNow() > 0) throw new Error('The process died.');
        return database.write.transaction();
      },
    },
  }) as typeof database.write;
  const context = {
    database: { ...database, write },
    sealers: createSealers(OPTIONS.secretKey),
    storeId: 'store',
    policy: OPTIONS.policy,
    bell: createBell(),
    bulk: new Lane(),
    fence: null,
  };
  try {
    await eraseUser(context, userId);
  } finally {
    await database.close();
  }
}
