/** A gateway as src/gateway.ts joins it, with a writer beside it in place of sources, in a process of its own. */
import { setTimeout as delay } from 'node:timers/promises';

import { SEES_ALL } from '#kyc/sight';
import { readSettings } from '#settings';
import { rooms } from '#sources/index';

import { NOTHING_SHARED, startSharingGateway } from '../../test/interleaved/sharing-gateway.ts';
import { LoopHolds } from '../loop-holds.ts';
import { sampleRecord } from '../sample-record.ts';
import { answer } from './peer.ts';

const BATCH = 200;
/** Of the writer: what came due meanwhile goes into the store together. */
const EVERY_MS = 25;
const KIB = 1024;

const gateway = await startSharingGateway(readSettings(process.env, rooms), NOTHING_SHARED, {
  slowReaderMs: Number(process.env['BENCH_SLOW_MS'] ?? 60_000),
});
const { store, logTail, url } = gateway;
const sources = rooms.map(({ descriptor: { id } }) => id);
const holds = new LoopHolds();
let cpu = process.cpuUsage();
let users = 0;

/** Every fifth record at each source, each of one user. */
async function take(indexes: readonly number[], status: 'PENDING' | 'APPROVED'): Promise<void> {
  for (const [at, id] of sources.entries()) {
    const own = indexes.filter((index) => index % sources.length === at);
    if (own.length === 0) continue;
    const records = own.map((index) => sampleRecord(id, index, status));
    await store.ingest({
      source: { id, versioning: 'read', listed: false, keepsPersonal: false },
      learntBy: 'POLL',
      reads: [{ readStartedAt: await store.now(), records, identitiesRead: [] }],
      scan: null,
    });
  }
}

/** @returns their ids */
async function seed(count: number): Promise<readonly string[]> {
  users = count;
  const all = Array.from({ length: count }, (_, index) => index);
  for (let from = 0; from < count; from += BATCH) await take(all.slice(from, from + BATCH), 'PENDING');
  const refs = all.map((index) => ({
    source: sources[index % sources.length] ?? sourceId(),
    externalId: `user-${index}`,
  }));
  return (await store.readUsersByIdentity(refs, SEES_ALL)).map((user) => user?.id ?? '');
}
function sourceId(): never {
  throw new TypeError('There is no source.');
}

let written = 0;
/** So many changes a second, each of another user in turn; those of one moment come from one source, as a webhook brings them. */
async function write(perSecond: number, seconds: number): Promise<{ changes: number; seconds: number }> {
  const startedMs = performance.now();
  const first = written;
  for (let passedMs = 0; passedMs < 1000 * seconds; passedMs = performance.now() - startedMs) {
    const due = first + Math.floor((passedMs * perSecond) / 1000) - written;
    if (due > 0) await writeSome(Math.min(due, BATCH));
    await delay(EVERY_MS);
  }
  return { changes: written - first, seconds: (performance.now() - startedMs) / 1000 };
}

/** By source: how many changes it had. */
const changed = sources.map(() => 0);
let turn = 0;
async function writeSome(count: number): Promise<void> {
  const at = turn++ % sources.length;
  const own = users / sources.length;
  const before = changed[at] ?? 0;
  // No record twice in one batch.
  const now = Math.min(count, own - (before % own));
  const indexes = Array.from({ length: now }, (_, step) => ((before + step) % own) * sources.length + at);
  await take(indexes, Math.floor(before / own) % 2 === 0 ? 'APPROVED' : 'PENDING');
  changed[at] = before + now;
  written += now;
}

/** Of this process since it was last asked. Kibibytes, milliseconds, and shares of one processor. */
function figures() {
  const { user, system } = process.cpuUsage(cpu);
  const { wallMs, cpuMs } = holds.take();
  // What collecting takes is none of the gateway's work.
  for (let round = 0; round < 3; round += 1) globalThis.gc?.();
  const { rss, heapUsed, external } = process.memoryUsage();
  cpu = process.cpuUsage();
  setTimeout(() => holds.take(), 50);
  return {
    followers: logTail.followers,
    rssKiB: Math.round(rss / KIB),
    heapKiB: Math.round(heapUsed / KIB),
    externalKiB: Math.round(external / KIB),
    cpuS: (user + system) / 1e6,
    holdWallMs: wallMs,
    holdCpuMs: cpuMs,
  };
}

answer(
  {
    url: () => url,
    seed,
    write,
    figures,
    followers: () => logTail.followers,
    grant: async (partner: string, source: string) =>
      await store.grants.grant([{ partner, kind: 'SOURCE', value: source }], 'bench'),
  },
  () => gateway[Symbol.asyncDispose](),
);
