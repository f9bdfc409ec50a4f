/**
 * Two thousand subscribers of one gateway, of whom a thousand do not read: memory, the event loop, and how long a change
 * takes from commit to arrival with and without those. `node bench/subscribers.ts [sqlite | postgres] [seconds a phase]
 * [changes a second]`
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

import { rooms } from '#sources/index';

import { createIssuer } from '../test/access-matrix/callers.ts';
import { makeDatabase } from './stores.ts';
import type { Subscriber } from './subscribers/listeners.ts';
import { Peer } from './subscribers/peer.ts';

const [dialect = 'sqlite', phaseS = '30', perSecond = '200'] = process.argv.slice(2);
/** `BENCH_READERS=user,source,whole`: how many that watch one user, a source, and all. */
const [user = 995, source = 0, whole = 5] = (process.env['BENCH_READERS'] ?? '995,0,5')
  .split(',')
  .map(Number);
const READERS = { user, source, whole };
const ROUNDS = Number(process.env['BENCH_ROUNDS'] ?? 2);
const DEAF = Number(process.env['BENCH_DEAF'] ?? 1000);
/** What a page of one user asks for, and what those ask for who follow many. */
const PAGE =
  'subscription { statusChanged { to observedAt user { id kyc(freshness: STORED) { status nextAction } } } }';
const STREAM =
  'subscription ($filter: StatusChangeFilter) { statusChanged(filter: $filter) { id verificationId source from to reason observedAt } }';

interface Figures {
  readonly followers: number;
  readonly rssKiB: number;
  readonly heapKiB: number;
  readonly externalKiB: number;
  readonly cpuS: number;
  readonly holdWallMs: number;
  readonly holdCpuMs: number;
}

await using things = new AsyncDisposableStack();
const folder = await mkdtemp(join(tmpdir(), 'kyc-bench-'));
things.defer(() => rm(folder, { recursive: true }));
const database = dialect === 'postgres' ? await makeDatabase('subscribers') : null;
if (database !== null) things.defer(() => database.drop());
const issuer = await createIssuer(folder);
const gateway = things.use(
  new Peer(
    'gateway.ts',
    {
      ...issuer.settings,
      ...(database === null ? {} : { DATABASE_URL: database.url }),
      DATA_DIR: folder,
      KYC_SECRET_KEY: Buffer.alloc(32, 7).toString('base64'),
      // Never asked: there has to be a source where callers are asked who they are.
      FINX_URL: 'http://127.0.0.1:9',
      FINX_TOKEN: 'none',
      PORT: '0',
      LOG_LEVEL: 'warn',
      SUBSCRIPTIONS_PER_CALLER: '2000',
    },
    process.execArgv.filter((flag) => flag.startsWith('--cpu-prof')),
  ),
);
const readers = things.use(new Peer('listeners.ts'));
const deaf = things.use(new Peer('listeners.ts'));

const url = await gateway.ask<string>('url');
const users = await gateway.ask<readonly string[]>('seed', 1000);
const sources = rooms.map(({ descriptor: { id } }) => id as string);
const by = (index: number) => (index % 2 === 0 ? 'SSE' : 'WS');
const token = (sub: string, kind: 'partner' | 'analyst') =>
  issuer.tokenOf({ sub, kind, scope: 'kyc:status' });

async function subscribersOf(): Promise<readonly Subscriber[]> {
  const own = users.slice(0, READERS.user).map(async (user, index) => ({
    group: 'user',
    by: by(index),
    query: PAGE,
    token: await issuer.tokenOf({ sub: `end-user-${index}`, kind: 'end_user', scope: 'kyc:status', user }),
  }));
  const partners = Array.from({ length: READERS.source }, async (_, index) => ({
    group: 'source',
    by: by(index),
    query: STREAM,
    variables: { filter: { sources: [sources[index % sources.length]] } },
    token: await token(`partner-${index % sources.length}`, 'partner'),
  }));
  const analysts = Array.from({ length: READERS.whole }, async (_, index) => ({
    group: 'whole',
    by: by(index),
    query: STREAM,
    token: await token(`analyst-${index}`, 'analyst'),
  }));
  return (await Promise.all([own, partners, analysts].flat())) as readonly Subscriber[];
}

for (const [index, source] of sources.entries()) await gateway.ask('grant', `partner-${index}`, source);

const heapOf = ({ rssKiB, heapKiB, externalKiB }: Figures) =>
  `RSS ${(rssKiB / 1024).toFixed(0)}, heap ${(heapKiB / 1024).toFixed(1)}, external ${(externalKiB / 1024).toFixed(1)} MiB`;

async function measure(name: string): Promise<Figures> {
  await readers.ask('take');
  await gateway.ask('figures');
  await delay(100);
  const wrote = await gateway.ask<{ changes: number; seconds: number }>(
    'write',
    Number(perSecond),
    Number(phaseS),
  );
  await delay(1500);
  const figures = await gateway.ask<Figures>('figures');
  const { taken, ended } = await readers.ask<{ taken: Record<string, number[]>; ended: number }>('take');
  const { cpuS, holdWallMs, holdCpuMs, followers } = figures;
  const rate = (wrote.changes / wrote.seconds).toFixed(0);
  console.log(
    `${name}: ${rate} changes/s, ${followers} subscribers, ${((100 * cpuS) / wrote.seconds).toFixed(0)} % of a processor, ` +
      `loop held ${holdWallMs.toFixed(0)} ms by the clock, ${holdCpuMs.toFixed(0)} by itself; ${heapOf(figures)}; ` +
      `load ${loadavg()[0]?.toFixed(1)}${ended > 0 ? `; ${ended} READERS ENDED` : ''}`,
  );
  const heard = Object.values(taken).flat().length;
  console.log(
    `  ${heard} heard in all, ${((1e6 * cpuS) / heard).toFixed(0)} µs of processor time each, the writer's included`,
  );
  for (const [group, list] of Object.entries(taken)) {
    const sorted = list.toSorted((one, other) => one - other);
    const at = (share: number) => sorted[Math.floor((sorted.length - 1) * share)] ?? 0;
    console.log(`  ${group}: ${list.length} heard, p50 ${at(0.5)}, p99 ${at(0.99)}, max ${at(1)} ms`);
  }
  return figures;
}

/** How many follow, once it stands still. */
async function followers(wanted: number): Promise<void> {
  for (let tries = 0; tries < 600 && (await gateway.ask<number>('followers')) !== wanted; tries += 1)
    await delay(100);
}

const before = await gateway.ask<Figures>('figures');
console.log(`before anybody came: ${heapOf(before)}`);
await readers.ask('open', url, await subscribersOf());
const listening = READERS.user + READERS.source + READERS.whole;
await followers(listening);
const withReaders = await gateway.ask<Figures>('figures');
const perReader = (now: Figures, then: Figures, count: number) =>
  (['rssKiB', 'heapKiB', 'externalKiB'] as const)
    .map((name) => `${name.replace('KiB', '')} ${((now[name] - then[name]) / count).toFixed(1)}`)
    .join(', ');
console.log(`a reader, before anything happens: ${perReader(withReaders, before, listening)} KiB`);

const analyst = await token('deaf', 'analyst');
const silent = Array.from({ length: DEAF }, (_, index) => ({
  group: 'deaf',
  by: by(index),
  query: STREAM,
  token: analyst,
}));
await measure('warm-up');
for (const round of ['first', 'second'].slice(0, ROUNDS)) {
  const without = await measure(`${round}, without`);
  await deaf.ask('openDeaf', url, silent);
  await followers(listening + DEAF);
  const idle = await gateway.ask<Figures>('figures');
  console.log(`one that does not read, before anything happens: ${perReader(idle, without, DEAF)} KiB`);
  const beside = await measure(`${round}, beside ${DEAF} that do not read`);
  console.log(`one that does not read, at the end: ${perReader(beside, without, DEAF)} KiB`);
  if (round === 'second' || ROUNDS === 1) break;
  await deaf.ask('closeDeaf');
  await followers(listening);
}
console.log('those that did not read, when they read at last:', await deaf.ask('readAtLast'));
