import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';

import { SEES_ALL } from '#kyc/sight';
import { openPostgresStore } from '#store/open-store';
import type { Store } from '#store/store';

import type { TestDatabase } from './postgres-databases.ts';

const WRITER = join(import.meta.dirname, 'write-changes.ts');
const EVERYTHING = { includeLate: true, includeBackfill: true };
const LOST_BELL_MS = 1000;
const POLL_MS = 20;

export interface TwoWriters {
  /** Records that each of the two wrote, and that the store refused. */
  readonly told: readonly { readonly written: number; readonly refused: number }[];
  /** Positions of rows about records in the log, once all is written. */
  readonly log: readonly number[];
  /** What one who follows the log was given, in order: who waits for the bell, and who only looks every 20 ms. */
  readonly byBell: readonly number[];
  readonly byPolling: readonly number[];
}

/** Two processes write at once, while two others follow the log from its beginning. */
export async function watchTwoWriters(database: TestDatabase, recordsEach: number): Promise<TwoWriters> {
  const store = await openPostgresStore(database.url, {
    policy: 'strict',
    secretKey: new Uint8Array(32).fill(7),
    sandbox: false,
  });
  try {
    const writers = [2000, 2010].map((firstYear) => startWriter(database.url, firstYear, recordsEach));
    await Promise.all(writers.map(({ ready }) => ready));
    const end = Promise.withResolvers<number>();
    const followers = [
      follow(store, bellOf(store), end.promise),
      follow(store, () => delay(POLL_MS), end.promise),
    ];
    for (const { go } of writers) go();
    const told = await Promise.all(writers.map((writer) => writer.told));
    end.resolve(await store.changes.head());
    const [byBell = [], byPolling = []] = await Promise.all(followers);
    const rows = await database.run("select position from changes where type = 'STATUS' order by position");
    return { told, log: rows.map((row) => Number(row['position'])), byBell, byPolling };
  } finally {
    await store.close();
  }
}

/** Reads on from where it came to, until it has come to the end that is told at last. */
async function follow(store: Store, wait: () => Promise<unknown>, end: Promise<number>): Promise<number[]> {
  const given: number[] = [];
  let last = Number.POSITIVE_INFINITY;
  void end.then((position) => {
    last = position;
  });
  for (let after = 0; after < last; ) {
    const query = { after, limit: 100, filter: EVERYTHING };
    const { rows, reached } = await store.changes.readStatusChanges(query, SEES_ALL);
    given.push(...rows.map(({ position }) => position));
    if (reached === after) await wait();
    after = reached;
  }
  return given;
}

/** Resolves when the bell has rung since the last time, or after a second. */
function bellOf(store: Store): () => Promise<unknown> {
  let hasRung = false;
  let wake = () => {};
  store.onAppend(() => {
    hasRung = true;
    wake();
  });
  return async () => {
    const patience = new AbortController();
    const rung = new Promise<void>((resolve) => {
      wake = resolve;
    });
    if (!hasRung) await Promise.race([rung, delay(LOST_BELL_MS, null, patience).catch(() => {})]);
    hasRung = false;
    patience.abort();
  };
}

function startWriter(url: string, firstYear: number, records: number) {
  const name = `writer-of-${firstYear}`;
  const child = spawn(process.execPath, [WRITER, url, name, String(records), String(firstYear)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const line = async () => {
    const { value, done } = await lines.next();
    if (done === true) throw new Error('A writer ended by itself.');
    return value;
  };
  const ready = line();
  const told = ready
    .then(line)
    .then((text) => JSON.parse(text) as { written: number; refused: number })
    .finally(() => child.kill('SIGKILL'));
  return { ready, told, go: () => child.stdin.write('go\n') };
}
