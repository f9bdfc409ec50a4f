/**
 * Pages and statistics of a large store beside those of a small one, in turns within one run, so that what else the
 * machine does falls on both. `node bench/at-size.ts [sqlite | postgres] [records] [records of the small one]`
 */
import { performance } from 'node:perf_hooks';
import { setImmediate } from 'node:timers/promises';

import type { PageRequest, Position } from '#kyc/page';
import { SEES_ALL } from '#kyc/sight';
import type { VerificationFilter, VerificationOrder } from '#kyc/verification-filter';
import type { StatsDimension } from '#kyc/verification-stats';
import type { Store } from '#store/store';

import { LoopHolds } from './loop-holds.ts';
import { openEmbedded, openPostgres } from './stores.ts';

const [dialect = 'sqlite', large = '1000000', small = '10000'] = process.argv.slice(2);
const open = dialect === 'postgres' ? openPostgres : openEmbedded;
const PAGE_RUNS = 2000;
const WARM_UPS = 20;
const STATS_RUNS = 7;
const MIB = 2 ** 20;

const NEWEST: VerificationOrder = { by: 'lastChangedAt', direction: 'DESC' };
const BY_CREATION: VerificationOrder = { by: 'createdAt', direction: 'ASC' };
const FIRST: PageRequest = { take: 50, direction: 'FORWARD', after: null, before: null };

type Read = (store: Store) => Promise<unknown>;
const page = (filter: VerificationFilter, order: VerificationOrder, request: PageRequest) => (store: Store) =>
  store.pageVerifications({ filter, order, page: request }, SEES_ALL);
const stats =
  (groupBy: readonly StatsDimension[], timeZone = 'UTC') =>
  (store: Store) =>
    store.verificationStats({ filter: {}, groupBy, timeZone }, SEES_ALL);
const times =
  (groupBy: readonly StatsDimension[], timeZone = 'UTC') =>
  (store: Store) =>
    store.decisionTimes({ filter: {}, groupBy, timeZone }, SEES_ALL);

/** The place of the row in the middle of the list: found by halving the time between its ends. */
async function middleOf(store: Store, order: VerificationOrder, records: number): Promise<Position> {
  const ends = await Promise.all(
    (['FORWARD', 'BACKWARD'] as const).map((direction) =>
      store.pageVerifications({ filter: {}, order, page: { ...FIRST, take: 1, direction } }, SEES_ALL),
    ),
  );
  let [newest = 0, oldest = 0] = ends.map(({ rows: [row] }) => Date.parse(row?.lastChangedAt ?? ''));
  while (newest - oldest > 1000) {
    const middle = Math.floor((newest + oldest) / 2);
    const from = `${new Date(middle).toISOString().slice(0, 19)}.000000000Z`;
    const range = { from, before: null } as NonNullable<
      NonNullable<VerificationFilter['times']>['lastChangedAt']
    >[number];
    const newer = await store.countVerifications({ times: { lastChangedAt: [range] } }, SEES_ALL);
    if (newer > records / 2) oldest = middle;
    else newest = middle;
  }
  return { value: `${new Date(newest).toISOString().slice(0, 19)}.123456789Z`, id: '8' };
}

function quantile(sorted: readonly number[], fraction: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(fraction * sorted.length))] ?? Number.NaN;
}

async function timeOf(read: Read, store: Store): Promise<number> {
  const startMs = performance.now();
  await read(store);
  return performance.now() - startMs;
}

async function comparePages(name: string, reads: readonly (readonly [Store, Read])[]): Promise<void> {
  const taken = reads.map((): number[] => []);
  for (let run = -WARM_UPS; run < PAGE_RUNS; run += 1) {
    for (const [at, [store, read]] of reads.entries()) {
      const ms = await timeOf(read, store);
      if (run >= 0) taken[at]?.push(ms);
    }
    await setImmediate();
  }
  const sorted = taken.map((all) => all.toSorted((one, other) => one - other));
  const of = (fraction: number) => sorted.map((all) => quantile(all, fraction));
  const told = (label: string, [few = 0, many = 0]: readonly number[]) =>
    `${label} ${few.toFixed(2)} and ${many.toFixed(2)} ms (x ${(many / few).toFixed(2)})`;
  console.log(`${name}: ${told('median', of(0.5))}, ${told('p99', of(0.99))}`);
}

async function measureLong(name: string, store: Store, read: Read): Promise<void> {
  const taken: number[] = [];
  const holds = new LoopHolds();
  for (let run = 0; run < STATS_RUNS; run += 1) taken.push(await timeOf(read, store));
  const { wallMs, cpuMs } = holds.take();
  holds.stop();
  const sorted = taken.toSorted((one, other) => one - other);
  const loop = `loop held at most ${wallMs.toFixed(1)} ms (${cpuMs.toFixed(1)} ms by itself)`;
  console.log(
    `${name}: median ${quantile(sorted, 0.5).toFixed(0)} ms, most ${quantile(sorted, 1).toFixed(0)} ms; ${loop}`,
  );
}

const startMs = performance.now();
const few = await open(Number(small));
const many = await open(Number(large));
try {
  console.log(
    `${dialect}: ${small} and ${large} records, seeded in ${((performance.now() - startMs) / 1000).toFixed(0)} s`,
  );
  const both = (read: Read) => [few, many].map(({ store }) => [store, read] as const);
  const middles = [
    await middleOf(few.store, NEWEST, Number(small)),
    await middleOf(many.store, NEWEST, Number(large)),
  ];
  const deep = (direction: PageRequest['direction']) =>
    [few, many].map(({ store }, at) => {
      const middle = middles[at] ?? { value: null, id: '' };
      const place =
        direction === 'FORWARD' ? { after: middle, before: null } : { after: null, before: middle };
      return [store, page({}, NEWEST, { take: 50, direction, ...place })] as const;
    });
  await comparePages('first page', both(page({}, NEWEST, FIRST)));
  await comparePages('page in the middle', deep('FORWARD'));
  await comparePages('page in the middle, backwards', deep('BACKWARD'));
  await comparePages('first page by createdAt', both(page({}, BY_CREATION, FIRST)));
  await comparePages('first page of a kind', both(page({ kinds: ['CHECK'] }, NEWEST, FIRST)));
  await comparePages(
    'first page of a rare status',
    both(page({ statuses: ['ACTION_REQUIRED'] }, NEWEST, FIRST)),
  );
  await comparePages(
    'the same by createdAt',
    both(page({ statuses: ['ACTION_REQUIRED'] }, BY_CREATION, FIRST)),
  );
  const { store } = many;
  await measureLong('count of all', store, (one) => one.countVerifications({}, SEES_ALL));
  await measureLong('count of a status', store, (one) =>
    one.countVerifications({ statuses: ['APPROVED'] }, SEES_ALL),
  );
  await measureLong('counts in all', store, stats([]));
  await measureLong('counts by source and status', store, stats(['SOURCE', 'STATUS']));
  await measureLong('counts by month', store, stats(['CREATED_MONTH']));
  await measureLong(
    'counts by source and day in a zone',
    store,
    stats(['SOURCE', 'CREATED_DAY'], 'Europe/Berlin'),
  );
  await measureLong('median and p90 in all', store, times([]));
  await measureLong('median and p90 by source and status', store, times(['SOURCE', 'STATUS']));
  await measureLong(
    'median and p90 by source and week in a zone',
    store,
    times(['SOURCE', 'CREATED_WEEK'], 'Europe/Berlin'),
  );
  await measureLong('words without a reading', store, (one) => one.unmappedStatuses(SEES_ALL));
  console.log(`RSS ${Math.round(process.memoryUsage.rss() / MIB)} MiB`);
} finally {
  await few.remove();
  await many.remove();
}
