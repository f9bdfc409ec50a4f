/**
 * Records per second into an embedded store, into one without the indexes of lists and statistics, and into PostgreSQL,
 * in turns of one batch each: first sights, then the same again unchanged, then every status changed.
 * `node bench/ingest-compared.ts [records]`
 */
import { performance } from 'node:perf_hooks';

import { type Instant, instantOf } from '#kyc/instant';
import { sourceId } from '#kyc/source-id';
import type { Store } from '#store/store';

import { LoopHolds } from './loop-holds.ts';
import { sampleRecord } from './sample-record.ts';
import { openEmbedded, openPostgres } from './stores.ts';

const BATCH = 200;
const total = Number(process.argv[2] ?? 20_000);
const source = { id: sourceId('BENCH'), versioning: 'read', listed: true, keepsPersonal: false } as const;
const stores = {
  embedded: await openEmbedded(0),
  'embedded without the two indexes': await openEmbedded(0, [
    'verifications_standing',
    'verifications_statistics',
  ]),
  PostgreSQL: await openPostgres(0),
};

function at(index: number): Instant | null {
  return instantOf(
    Temporal.Instant.fromEpochMilliseconds(1_672_531_200_000 + ((index * 7_919_000) % 94_608_000_000)),
  );
}

function records(from: number, status: 'PENDING' | 'APPROVED') {
  return Array.from({ length: BATCH }, (_, offset) => {
    const { verification, raw } = sampleRecord(source.id, from + offset, status);
    const times = {
      createdAt: at(from + offset),
      decidedAt: status === 'PENDING' ? null : at(from + offset + 1),
    };
    return { verification: { ...verification, ...times }, raw };
  });
}

async function ingest(store: Store, from: number, status: 'PENDING' | 'APPROVED'): Promise<number> {
  const batch = records(from, status);
  const startMs = performance.now();
  const reads = [{ readStartedAt: await store.now(), records: batch, identitiesRead: [] }];
  await store.ingest({ source, learntBy: 'POLL', reads, scan: null });
  return performance.now() - startMs;
}

async function pass(name: string, status: 'PENDING' | 'APPROVED'): Promise<void> {
  const holds = new LoopHolds();
  const spentMs = new Map<string, number>();
  for (let from = 0; from < total; from += BATCH) {
    for (const [label, { store }] of Object.entries(stores))
      spentMs.set(label, (spentMs.get(label) ?? 0) + (await ingest(store, from, status)));
  }
  const { wallMs, cpuMs } = holds.take();
  holds.stop();
  for (const [label, ms] of spentMs)
    console.log(`${name}, ${label}: ${Math.round((total / ms) * 1000)} records/s`);
  console.log(`  loop held at most ${wallMs.toFixed(1)} ms (${cpuMs.toFixed(1)} ms by itself)`);
}

try {
  await pass('first sight', 'PENDING');
  await pass('unchanged', 'PENDING');
  await pass('changed', 'APPROVED');
} finally {
  for (const bench of Object.values(stores)) await bench.remove();
}
