/**
 * How long one record that was just read live waits for the store while two sources are synchronised for the first time
 * (batches of 200) and users are linked by the thousand. `node bench/wait-behind.ts [seconds]`; DATABASE_URL: on
 * PostgreSQL, in a database made for this.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';

import { sourceId } from '#kyc/source-id';
import { openPostgresStore, openStore } from '#store/open-store';

import { sampleRecord } from './sample-record.ts';

const BATCH = 200;
const seconds = Number(process.argv[2] ?? 10);
const url = process.env['DATABASE_URL'];
const folder = await mkdtemp(join(tmpdir(), 'kyc-bench-'));
const options = { policy: 'strict', secretKey: new Uint8Array(32).fill(1), sandbox: false } as const;
const store = await (url === undefined ? openStore(folder, options) : openPostgresStore(url, options));
const source = (name: string) =>
  ({ id: sourceId(name), versioning: 'read', listed: true, keepsPersonal: false }) as const;
const endsAtMs = performance.now() + 1000 * seconds;
const isOn = () => performance.now() < endsAtMs;
let [taken, linked] = [0, 0];

async function synchronise(name: string): Promise<void> {
  for (let from = 0; isOn(); from += BATCH) {
    const records = Array.from({ length: BATCH }, (_, at) =>
      sampleRecord(sourceId(name), from + at, 'PENDING'),
    );
    const reads = [{ readStartedAt: await store.now(), records, identitiesRead: [] }];
    await store.ingest({ source: source(name), learntBy: 'POLL', reads, scan: null });
    taken += BATCH;
  }
}

async function link(): Promise<void> {
  while (isOn()) {
    const lists = Array.from({ length: 1000 }, (_, at) => [
      { source: sourceId('LINKED'), externalId: `linked-${linked + at}` },
    ]);
    await store.linkIdentities(lists, 'bench');
    linked += lists.length;
  }
}

async function readLive(): Promise<readonly number[]> {
  const waitsMs: number[] = [];
  for (let index = 0; isOn(); index += 1) {
    const startedMs = performance.now();
    const readStartedAt = await store.now();
    const records = [sampleRecord(sourceId('LIVE'), index, 'APPROVED')];
    const reads = [{ readStartedAt, records, identitiesRead: [`user-${index}`] }];
    await store.ingest({ source: source('LIVE'), learntBy: 'READ', reads, scan: null });
    waitsMs.push(performance.now() - startedMs);
    await delay(20);
  }
  return waitsMs.toSorted((one, other) => one - other);
}

const [waitsMs] = await Promise.all([readLive(), synchronise('ONE'), synchronise('TWO'), link()]);
const at = (share: number) => (waitsMs[Math.floor((waitsMs.length - 1) * share)] ?? 0).toFixed(0);
console.log(
  `${Math.round(taken / seconds)} records/s and ${Math.round(linked / seconds)} links/s beside it; ` +
    `a live record waits p50 ${at(0.5)}, p99 ${at(0.99)}, max ${at(1)} ms of ${waitsMs.length}`,
);
await store.close();
await rm(folder, { recursive: true });
