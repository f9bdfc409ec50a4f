/**
 * Records per second into the embedded store, in batches of 200: first sights, then the same again unchanged, then
 * every status changed. `node bench/ingest.ts [records]`
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';

import { sourceId } from '#kyc/source-id';
import { openStore } from '#store/open-store';
import type { IngestBatch } from '#store/store';

import { LoopHolds } from './loop-holds.ts';
import { sampleRecord } from './sample-record.ts';

const BATCH = 200;
const total = Number(process.argv[2] ?? 10_000);
const folder = await mkdtemp(join(tmpdir(), 'kyc-bench-'));
const options = { policy: 'strict', secretKey: new Uint8Array(32).fill(1), sandbox: false } as const;
const store = await openStore(folder, options);
const source = { id: sourceId('BENCH'), versioning: 'read', listed: true, keepsPersonal: false } as const;

/** As a scan does it: one batch is made ready while the store takes in another. */
async function prepare(from: number, status: 'PENDING' | 'APPROVED'): Promise<IngestBatch> {
  const records = Array.from({ length: BATCH }, (_, at) => sampleRecord(source.id, from + at, status));
  const readStartedAt = await store.now();
  const reads = [{ readStartedAt, records, identitiesRead: [] }];
  const batch = { source, learntBy: 'POLL', reads, scan: null } as const;
  await store.prepare(batch);
  return batch;
}

async function pass(name: string, status: 'PENDING' | 'APPROVED') {
  const holds = new LoopHolds();
  const [cpu, threadCpu] = [process.cpuUsage(), process.threadCpuUsage()];
  const start = performance.now();
  let next = prepare(0, status);
  for (let from = 0; from < total; from += BATCH) {
    const ready = await next;
    next = prepare(from + BATCH, status);
    await store.ingest(ready);
  }
  await next;
  const seconds = (performance.now() - start) / 1000;
  const { wallMs, cpuMs } = holds.take();
  holds.stop();
  const [all, here] = [process.cpuUsage(cpu), process.threadCpuUsage(threadCpu)];
  const each = ({ user, system }: NodeJS.CpuUsage) => `${Math.round((user + system) / total)} µs`;
  const loop = `event loop held at most ${wallMs.toFixed(1)} ms, ${cpuMs.toFixed(1)} ms of them by itself`;
  const perSecond = Math.round(total / seconds);
  console.log(
    `${name}: ${perSecond} records/s; CPU ${each(all)} each, ${each(here)} on the main thread; ${loop}`,
  );
}

await pass('first sight', 'PENDING');
await pass('unchanged', 'PENDING');
await pass('changed', 'APPROVED');
await store.close();
await rm(folder, { recursive: true });
