import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as delay } from 'node:timers/promises';

import pg from 'pg';
import { expect, test } from 'vitest';

import { seededRandom } from '#sources/sandbox-seed';
import { createTestDatabase, postgresServer } from '#store/testing/postgres-databases';

import { ask } from '../harness/ask.ts';
import { finogatesStatus } from './size/big-finogates.ts';
import { rocketkorStatus } from './size/big-rocketkor.ts';
import { upvestStatus } from './size/big-upvest.ts';
import { ChildLines } from './size/child-lines.ts';
import { Linker } from './size/linker.ts';
import { Reader, summary } from './size/reader.ts';
import { type AskStore, countWords, faultsIn, wordsOf } from './size/store-checks.ts';

/** SIZE=0.1: a tenth of everything. */
const SIZE = Number(process.env['SIZE'] ?? 1);
const RECORDS = Math.round(100_000 * SIZE);
const USERS = Math.round(50_000 * SIZE);
const KILLS = Number(process.env['KILLS'] ?? 3);
const DEADLINE_MS = 3_600_000;
const MEGABYTE = 1024 * 1024;

interface SourceLine {
  readonly FINOGATES_URL: string;
  readonly FINOGATES: number;
  readonly ROCKETKOR: number;
  readonly UPVEST: number;
}
interface GatewayLine {
  readonly url: string;
  readonly rss: number;
  /** How long the event loop was held up at most, by the clock and by the processor time of its thread. */
  readonly wallMs: number;
  readonly cpuMs: number;
  /** Processor time of the main thread so far. */
  readonly mainCpuMs: number;
}
interface Progress {
  readonly atMs: number;
  readonly records: number;
  readonly isDone: boolean;
}

class Run {
  readonly sources: ChildLines<SourceLine>;
  readonly reader = new Reader();
  readonly linker = new Linker(USERS);
  readonly #environment: Readonly<Record<string, string>>;
  readonly #random = seededRandom(Number(process.env['SEED'] ?? 3));

  constructor(sources: ChildLines<SourceLine>, environment: Readonly<Record<string, string>>) {
    this.sources = sources;
    this.#environment = environment;
  }

  /** A life that ends after a random share of all pages, wherever the gateway then is. */
  async killed(): Promise<void> {
    const pages = RECORDS / 180 + RECORDS / 100;
    const last = this.#pagesSeen() + pages * (0.05 + 0.2 * this.#random());
    await using gateway = this.#start();
    const clients = this.#serve(gateway, await gateway.told('url'));
    while (gateway.isAlive && this.#pagesSeen() < last) await delay(50);
    await delay(1000 * this.#random());
    console.log(`killed after ${this.#pagesSeen()} pages: ${describe(gateway)}`);
    await gateway.end('SIGKILL');
    await this.reader.stop();
    await clients;
    expect(complaintsOf(gateway)).toEqual([]);
  }

  /** The life that is not killed, until all is read; ends as an operator ends it. */
  async finished(): Promise<{ progress: readonly Progress[]; gateway: ChildLines<GatewayLine> }> {
    await using gateway = this.#start();
    const url = await gateway.told('url');
    const clients = this.#serve(gateway, url);
    const progress: Progress[] = [];
    const deadlineMs = performance.now() + DEADLINE_MS;
    for (;;) {
      const now = await progressOf(url);
      progress.push(now);
      if (now.isDone && this.linker.isDone) break;
      if (performance.now() > deadlineMs) throw new Error(`Not done: ${JSON.stringify(now)}`);
      await delay(1000);
    }
    await this.reader.stop();
    await clients;
    await gateway.end('SIGTERM');
    expect(complaintsOf(gateway)).toEqual([]);
    return { progress, gateway };
  }

  #start(): ChildLines<GatewayLine> {
    return new ChildLines<GatewayLine>('watched-gateway.ts', [], this.#environment);
  }

  #serve(gateway: ChildLines<GatewayLine>, url: string): Promise<void> {
    const isAlive = () => gateway.isAlive;
    this.reader.start(url, isAlive);
    return this.linker.linkAt(url, isAlive);
  }

  #pagesSeen(): number {
    const last = this.sources.lines.at(-1);
    return (last?.FINOGATES ?? 0) + (last?.ROCKETKOR ?? 0);
  }
}

async function progressOf(url: string): Promise<Progress> {
  const query = '{ sources { source recordCount lastSyncedAt } }';
  type Answer = { sources: { source: string; recordCount: number; lastSyncedAt: string | null }[] };
  const { data } = await ask<Answer>(url, query, {});
  const counts = new Map(data.sources.map((source) => [source.source, source]));
  const records = data.sources.reduce((sum, { recordCount }) => sum + recordCount, 0);
  const isListed = ['FINOGATES', 'ROCKETKOR'].every((id) => counts.get(id)?.lastSyncedAt !== null);
  return { atMs: performance.now(), records, isDone: isListed && records >= 2 * RECORDS + USERS };
}

/** What the gateway logged above info. */
function complaintsOf(gateway: ChildLines<GatewayLine>): readonly string[] {
  return gateway.complaints.split('\n').filter((line) => line !== '' && !line.startsWith('{"level":30'));
}

function describe({ lines }: ChildLines<GatewayLine>): string {
  const samples = lines.filter(({ rss }) => rss !== undefined);
  const most = (of: (line: GatewayLine) => number) => Math.max(...samples.map(of));
  const rss = `RSS at most ${Math.round(most((line) => line.rss) / MEGABYTE)} MB`;
  const held = `${most((line) => line.wallMs).toFixed(0)} ms, ${most((line) => line.cpuMs).toFixed(0)} ms of them by itself`;
  const loop = `loop held up at most ${held}; main thread's CPU ${Math.round(most((line) => line.mainCpuMs))} ms`;
  return `${samples.length} s, ${rss}, ${loop}`;
}

/** The most memory in the first and in the last third of the time after warm-up. */
function memoryOf({ lines }: ChildLines<GatewayLine>): { first: number; last: number } {
  const samples = lines.filter(({ rss }) => rss !== undefined).slice(10);
  const third = Math.floor(samples.length / 3);
  const most = (part: typeof samples) => Math.round(Math.max(...part.map(({ rss }) => rss)) / MEGABYTE);
  return { first: most(samples.slice(0, third)), last: most(samples.slice(-third)) };
}

function paceOf(progress: readonly Progress[]): string {
  const [first, last] = [progress[0], progress.at(-1)];
  if (first === undefined || last === undefined) return 'nothing';
  const perSecond = (one: Progress, other: Progress) =>
    Math.round(((other.records - one.records) * 1000) / Math.max(1, other.atMs - one.atMs));
  const best = Math.max(...progress.slice(5).map((now, index) => perSecond(progress[index] ?? now, now)));
  return `${last.records - first.records} records in ${Math.round((last.atMs - first.atMs) / 1000)} s: ${perSecond(first, last)} a second, at best over 5 s ${best}`;
}

async function prove(environment: Readonly<Record<string, string>>, askStore: AskStore): Promise<void> {
  await using sources = new ChildLines<SourceLine>('big-sources.ts', [String(RECORDS), String(RECORDS)], {});
  await sources.told('FINOGATES_URL');
  const reached: Record<string, string> = {};
  for (const [name, value] of Object.entries(sources.lines[0] ?? {})) reached[name] = String(value);
  const folder = mkdtempSync(join(tmpdir(), 'kyc-size-'));
  const pace = {
    UPVEST_RATE_PER_S: '2000',
    FINOGATES_SCAN_S: '3600',
    ROCKETKOR_SCAN_S: '3600',
    UPVEST_POLL_S: '3600',
  };
  const own = { DATA_DIR: folder, PORT: '0', LOG_LEVEL: 'info', ...pace };
  try {
    const run = new Run(sources, {
      ...reached,
      ...own,
      ...environment,
      DATA_DIR: environment['DATA_DIR'] ?? folder,
    });
    for (let kill = 0; kill < KILLS; kill += 1) await run.killed();
    const { progress, gateway } = await run.finished();
    console.log(gateway.complaints);
    console.log(`the last life: ${describe(gateway)}`);
    console.log(`the last life: ${paceOf(progress)}`);
    console.log(`lists ${summary(run.reader.listMs)}; users ${summary(run.reader.nodeMs)}`);
    console.log(`${USERS} users linked in ${Math.round(run.linker.tookMs / 1000)} s`);
    const memory = memoryOf(gateway);
    console.log(`memory, first and last third: ${memory.first} MB, ${memory.last} MB`);

    expect(await faultsIn(askStore)).toEqual({});
    expect(await wordsOf(askStore, 'FINOGATES')).toEqual(countWords(RECORDS, finogatesStatus));
    expect(await wordsOf(askStore, 'ROCKETKOR')).toEqual(countWords(RECORDS, rocketkorStatus));
    expect(await wordsOf(askStore, 'UPVEST')).toEqual(countWords(USERS, upvestStatus));
    expect(await askStore('select id from verifications where fault_count > 0 limit 5')).toEqual([]);
    expect(run.reader.failures).toEqual([]);
    if (SIZE >= 1) expect(memory.last).toBeLessThan(memory.first * 1.3);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

test(
  'on SQLite: every record once after three kills, memory flat, readers served',
  async () => {
    const folder = mkdtempSync(join(tmpdir(), 'kyc-size-'));
    const askStore: AskStore = (sql) => {
      using file = new DatabaseSync(join(folder, 'store.db'), { readOnly: true });
      return Promise.resolve(file.prepare(sql).all());
    };
    try {
      await prove({ DATA_DIR: folder }, askStore);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
  DEADLINE_MS,
);

test.skipIf(postgresServer === null)(
  'on PostgreSQL: the same',
  async () => {
    const database = await createTestDatabase();
    const askStore: AskStore = async (sql) => {
      const client = new pg.Client({ connectionString: database.url });
      await client.connect();
      try {
        return (await client.query<Record<string, unknown>>(sql)).rows;
      } finally {
        await client.end();
      }
    };
    try {
      const secretKey = Buffer.alloc(32, 7).toString('base64');
      await prove({ DATABASE_URL: database.url, KYC_SECRET_KEY: secretKey }, askStore);
    } finally {
      await database.drop();
    }
  },
  DEADLINE_MS,
);
