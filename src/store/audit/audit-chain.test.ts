import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';

import { ALPHA } from '#store/behaviours/records';
import { StoreUnavailableError } from '#store/database';
import { openPostgresStore } from '#store/open-store';
import { openPostgres } from '#store/postgres/postgres';
import type { Store } from '#store/store';
import {
  type AuditPlace,
  anAct,
  embeddedPlace,
  fill,
  postgresPlace,
  rowsOf,
  SECRET_KEY,
  someone,
  verifyPlace,
} from '#store/testing/audit-places';
import { createCuttableProxy } from '#store/testing/cuttable-proxy';
import { postgresServer } from '#store/testing/postgres-databases';
import { UNTIL } from '#store/testing/with-postgres';

import { ANCHOR_EVERY } from './audit-chain.ts';
import type { Anchor } from './audit-row.ts';

const hasPostgres = postgresServer !== null;
const PLACES = [
  ['SQLite', embeddedPlace, true],
  ['PostgreSQL', postgresPlace, hasPostgres],
] as const;
const APPENDER = join(import.meta.dirname, '../testing/append-forever.ts');
vi.setConfig({ testTimeout: 60_000 });

let opened: AuditPlace | null = null;
const children: ChildProcess[] = [];
afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  await opened?.remove();
  opened = null;
});
async function open(make: () => Promise<AuditPlace>): Promise<AuditPlace> {
  opened = await make();
  return opened;
}

/** Another process that appends; the numbers that it said are committed. */
function startAppender({ place }: AuditPlace, actor: string) {
  const child = spawn(process.execPath, [APPENDER, JSON.stringify(place), actor], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  children.push(child);
  const said = new Set<string>();
  const closed = once(child, 'close');
  createInterface({ input: child.stdout }).on('line', (line) => said.add(line));
  return {
    said,
    atLeast: (count: number) =>
      vi.waitFor(() => expect(said.size).toBeGreaterThan(count), { timeout: 50_000 }),
    async kill() {
      child.kill('SIGKILL');
      await closed;
    },
  };
}

/** What somebody's rows say, each append twice, side by side. */
async function reasonsOf(place: AuditPlace, actor: string): Promise<ReadonlySet<string | null>> {
  const rows = (await rowsOf(place)).filter((row) => row.actor === actor);
  const pairs = rows.map(({ reason }, at) => (at % 2 === 0 ? reason === rows[at + 1]?.reason : true));
  expect(pairs).not.toContain(false);
  return new Set(rows.map(({ reason }) => reason));
}

async function waitingForLocks(place: AuditPlace): Promise<number> {
  const [row] = await place.run(
    'select count(*) from pg_locks where not granted and database = (select oid from pg_database where datname = current_database())',
  );
  return Number(row?.['count']);
}

describe.each(PLACES)('a chain on %s', (_name, make, isThere) => {
  describe.skipIf(!isThere)('while its process runs', () => {
    let place: AuditPlace;
    let store: Store;
    beforeAll(async () => {
      place = await make();
      store = await place.open();
    });
    afterAll(async () => {
      await store.close();
      expect((await verifyPlace(place)).faults).toEqual([]);
      await place.remove();
    });
    const rowsBy = async (actor: string) => (await rowsOf(place)).filter((row) => row.actor === actor);

    it('has the rows of each append in order, and those of many in one commit', async () => {
      const appends = Array.from({ length: 100 }, (_, at) =>
        store.audit.append({ ...someone, actor: 'many', requestId: `r${at}` }, [
          anAct({ reason: 'a' }),
          anAct({ reason: 'b' }),
        ]),
      );
      await Promise.all(appends);
      const rows = await rowsBy('many');
      expect(rows.map(({ request_id, reason }) => `${request_id}${reason}`)).toEqual(
        appends.flatMap((_, at) => [`r${at}a`, `r${at}b`]),
      );
      // The first commit was under way when the others came.
      expect(new Set(rows.map(({ at }) => at)).size).toBe(2);
    });

    it('takes an append of more than one commit should have, as one', async () => {
      const by = { ...someone, actor: 'large' };
      await Promise.all([
        store.audit.append(by, [anAct()]),
        store.audit.append(
          by,
          Array.from({ length: 1200 }, () => anAct()),
        ),
        store.audit.append(by, [anAct()]),
        store.audit.append(by, []),
      ]);
      const times = Map.groupBy(await rowsBy('large'), ({ at }) => at);
      expect([...times.values()].map((rows) => rows.length)).toEqual([1, 1200, 1]);
    });

    it('takes a name that no database can hold', async () => {
      await store.audit.append({ ...someone, actor: 'a\u0000b\ud800' }, [anAct()]);
      expect(await rowsBy('a\ufffdb\ufffd')).toHaveLength(1);
    });
  });

  describe.skipIf(!isThere)('over the lives of processes', () => {
    it('anchors the ends that nobody anchors yet: first, every so many rows, and last', async () => {
      const place = await open(make);
      // One that appends nothing leaves nothing.
      await fill(place, 0);
      await fill(place, 2);
      await fill(place, 2);
      const store = await place.open();
      for (let rows = 0; rows < ANCHOR_EVERY; rows += 400)
        await store.audit.append(
          someone,
          Array.from({ length: 400 }, () => anAct()),
        );
      await store.close();
      const chains = [...Map.groupBy(await rowsOf(place), ({ chain }) => chain).values()].toSorted(
        (one, other) => ((one[0]?.at ?? '') < (other[0]?.at ?? '') ? -1 : 1),
      );
      const anchorsOf = (chain: number) =>
        (chains[chain] ?? []).flatMap(({ sequence, anchors }) =>
          anchors === null ? [] : [[sequence, (JSON.parse(anchors) as Anchor[]).map(([id, at]) => [id, at])]],
        );
      expect(anchorsOf(0)).toEqual([
        [1, []],
        [3, []],
      ]);
      expect(anchorsOf(1)).toEqual([
        [1, [[chains[0]?.[0]?.chain, 3]]],
        [3, []],
      ]);
      expect(anchorsOf(2)).toEqual([
        [1, [[chains[1]?.[0]?.chain, 3]]],
        [801, []],
        [1201, []],
      ]);
    });

    it('that is killed leaves all that it said was committed, proved, and the next one goes on', async () => {
      const place = await open(make);
      const appender = startAppender(place, 'killed');
      await appender.atLeast(20);
      await appender.kill();
      const { faults, chains } = await verifyPlace(place);
      expect({ faults, chains }).toEqual({ faults: [], chains: 1 });
      const held = await reasonsOf(place, 'killed');
      expect([...appender.said].filter((reason) => !held.has(reason))).toEqual([]);
      await fill(place, 1);
      const [chain] = (await rowsOf(place)).filter(({ actor }) => actor === 'killed').map((row) => row.chain);
      await place.run(`delete from audit where chain = '${chain}' and sequence > 30`, { forced: true });
      expect((await verifyPlace(place)).faults).toEqual([{ kind: 'CUT_OFF', chain, sequence: 31 }]);
    });
  });
});

describe.skipIf(!hasPostgres)('chains of several processes', () => {
  it('grow beside each other, whoever dies', async () => {
    const place = await open(postgresPlace);
    const [one, two] = [startAppender(place, 'one'), startAppender(place, 'two')];
    await Promise.all([one.atLeast(50), two.atLeast(50)]);
    await one.kill();
    const heardThen = two.said.size;
    await two.atLeast(heardThen + 50);
    expect((await verifyPlace(place)).faults).toEqual([]);
    await two.kill();
    const { faults, chains } = await verifyPlace(place);
    expect({ faults, chains }).toEqual({ faults: [], chains: 2 });
    for (const [actor, { said }] of Object.entries({ one, two })) {
      const held = await reasonsOf(place, actor);
      expect([...said].filter((reason) => !held.has(reason))).toEqual([]);
    }
  });

  it('grow while every writer waits for another', async () => {
    const place = await open(postgresPlace);
    if (!('url' in place.place)) throw new TypeError('It is a database.');
    const other = await openPostgres(place.place.url);
    const store = await place.open();
    const waiting = await other.write.transaction().execute(async (transaction) => {
      await other.dialect.lockAppends(transaction);
      const links = Array.from({ length: 10 }, (_, at) =>
        store.linkIdentities([[{ source: ALPHA, externalId: `${at}` }]], 'anna'),
      );
      await vi.waitFor(async () => expect(await waitingForLocks(place)).toBe(4), UNTIL);
      await store.audit.append(someone, [anAct()]);
      return { links };
    });
    await Promise.all(waiting.links);
    await store.close();
    await other.close();
    expect((await verifyPlace(place)).faults).toEqual([]);
  });

  it('are left where a commit was lost: what comes later is in another, which anchors it', async () => {
    const place = await open(postgresPlace);
    if (!('url' in place.place)) throw new TypeError('It is a database.');
    const way = await createCuttableProxy(place.place.url);
    const store = await openPostgresStore(way.url, {
      policy: 'strict',
      secretKey: SECRET_KEY,
      sandbox: false,
    });
    await store.audit.append(someone, [anAct({ reason: 'before' })]);
    await way.cut();
    await expect(store.audit.append(someone, [anAct()])).rejects.toBeInstanceOf(StoreUnavailableError);
    await way.restore();
    await vi.waitFor(async () => expect(await store.isReady()).toBe(true), UNTIL);
    await store.audit.append(someone, [anAct({ reason: 'after' })]);
    await store.close();
    await way.cut();
    expect(await verifyPlace(place)).toMatchObject({ faults: [], chains: 2, ends: [expect.anything()] });
  });
});
