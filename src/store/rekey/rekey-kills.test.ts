import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

import { describe, expect, it, vi } from 'vitest';

import { SEES_ALL } from '#kyc/sight';
import { personalRecord } from '#store/behaviours/personal-records';
import { idOf, take } from '#store/behaviours/records';
import { StoreRefusedError } from '#store/database';
import { openPostgresStore, openStore } from '#store/open-store';
import type { Store, StoreOptions } from '#store/store';
import { createTestDatabase, postgresServer } from '#store/testing/postgres-databases';

const [FIRST, SECOND] = [7, 8] as const;
const key = (byte: number) => new Uint8Array(32).fill(byte);
const NAMES = { policy: 'strict', sandbox: false } as const;
const BOTH: StoreOptions = { ...NAMES, secretKey: key(SECOND), oldKeys: [key(FIRST)] };
const ROWS = 390;
// Several processes, each of which opens a store.
vi.setConfig({ testTimeout: 120_000 });

const RECORDS = Array.from({ length: ROWS }, (_, index) =>
  personalRecord({ email: `e${index}@example.test`, fullName: 'Ada' }, null, {
    externalId: `r${index}`,
    externalUserId: `u${index}`,
  }),
);

/** Starts a process that seals anew; kills it in the middle of its second batch. @returns how many rows it had left */
async function killOne(place: string): Promise<number> {
  const script = join(import.meta.dirname, '../testing/rekey-stepwise.ts');
  const child = spawn(process.execPath, [script, place, String(SECOND), String(FIRST)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const ended = once(child, 'exit');
  const line = await createInterface({ input: child.stdout })[Symbol.asyncIterator]().next();
  child.stdin.write('\n');
  child.kill('SIGKILL');
  await ended;
  return Number(line.value);
}

async function expectWhole(store: Store): Promise<void> {
  const known = await store.readVerifications(RECORDS.map(idOf), SEES_ALL);
  expect(known.map((one) => one?.openPersonal())).toEqual(
    RECORDS.map(({ verification }) => verification.personal),
  );
  for (const index of [0, 150, ROWS - 1])
    expect(await store.countUsers({ email: `e${index}@example.test` }, SEES_ALL)).toBe(1);
  expect(await store.countUsers({ fullName: 'ada' }, SEES_ALL)).toBe(ROWS);
}

async function liveThroughKills(
  place: string,
  open: (options: StoreOptions) => Promise<Store>,
): Promise<void> {
  const first = await open({ ...NAMES, secretKey: key(FIRST) });
  for (const at of [0, 200]) await take(first, RECORDS.slice(at, at + 200));
  await first.close();
  const left: number[] = [];
  for (let kills = 0; kills < 2; kills += 1) {
    left.push(await killOne(place));
    const store = await open(BOTH);
    await expectWhole(store);
    await store.close();
  }
  expect(left[0]).toBe(ROWS - 100);
  expect(left.toSorted((one, other) => other - one)).toEqual(left);
  await expect(open({ ...NAMES, secretKey: key(SECOND) })).rejects.toThrow(StoreRefusedError);
  const store = await open(BOTH);
  expect(await store.upkeep.rekey(() => undefined)).toMatchObject({ isDone: true });
  await store.close();
  const after = await open({ ...NAMES, secretKey: key(SECOND) });
  await expectWhole(after);
  await after.close();
}

describe('a change of key that is killed again and again', () => {
  it('loses nothing, and goes on where it stopped, on SQLite', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'kyc-rekey-'));
    await liveThroughKills(folder, (options) => openStore(folder, options));
    await rm(folder, { recursive: true });
  });

  it.skipIf(postgresServer === null)(
    'loses nothing, and goes on where it stopped, on PostgreSQL',
    async () => {
      const database = await createTestDatabase();
      try {
        await liveThroughKills(database.url, (options) => openPostgresStore(database.url, options));
      } finally {
        await database.drop();
      }
    },
  );
});
