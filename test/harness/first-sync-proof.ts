import { expect } from 'vitest';

import { ask } from './ask.ts';
import type { GatewayProcess } from './gateway-process.ts';
import { heldAtSources, lineOf } from './held-at-sources.ts';
import { type KilledFirstSync, LISTED } from './kill-first-sync.ts';
import { faultsOfStore } from './log-faults.ts';
import { readUsers, readVerifications, type SeenUser } from './seen-in-graph.ts';
import { readStore, type StoreSnapshot } from './store-snapshot.ts';
import { until } from './until.ts';

const DEADLINE_MS = 100_000;
/** How many identities are read at once, so that a kill repeats at most these. */
/** The first round of polls after a start: what was read in it and is not in the store yet is cut by a kill. */
const FIRST_ROUND = 64;

/** Each life ended in the middle of the first sync and left a whole store; those after it went on from there. */
export function expectWholeLives({ lives }: KilledFirstSync): void {
  for (const { moment, faults, strayed, complaints, left } of lives) {
    expect({ moment, faults, strayed, complaints }).toEqual({
      moment,
      faults: [],
      strayed: [],
      complaints: '',
    });
    expect(isFirstSyncDone(left), moment).toBe(false);
  }
  const growth = lives.map(({ left }) => left.changes.length);
  expect(growth, 'nothing that was committed goes').toEqual(growth.toSorted((one, other) => one - other));
}

function isFirstSyncDone({ scans }: StoreSnapshot): boolean {
  return LISTED.every((source) => (scans.get(source)?.completed_generation ?? 0) > 0);
}

/** Lets one more gateway finish; hands it out while it runs. */
export async function finish(
  sync: KilledFirstSync,
  overrides: Readonly<Record<string, string>>,
): Promise<{ gateway: GatewayProcess; url: string }> {
  const gateway = sync.start(overrides);
  await sync.introductions.makeTo(gateway);
  const url = await until('the gateway is up', () => gateway.url, DEADLINE_MS);
  const held = heldAtSources(sync.world);
  await until(
    'all is read',
    async () => {
      const { data } = await ask<{ sources: { recordCount: number; lastSyncedAt: string | null }[] }>(
        url,
        '{ sources { recordCount lastSyncedAt } }',
        {},
      );
      const count = data.sources.reduce((sum, { recordCount }) => sum + recordCount, 0);
      return count >= held.length && data.sources.every(({ lastSyncedAt }) => lastSyncedAt !== null);
    },
    DEADLINE_MS,
  );
  return { gateway, url };
}

/** What the graph shows, in the form of `heldAtSources`. */
export async function shownByGraph(url: string): Promise<readonly string[]> {
  const records = await readVerifications(url);
  return records
    .map(({ source, externalId, sourceStatus }) => lineOf(source, externalId, sourceStatus))
    .toSorted();
}

/** Every identity of every person belongs to one user; nobody is there twice. */
export async function expectUsers(sync: KilledFirstSync, url: string, of: 'PEOPLE' | 'IDENTITIES') {
  const people = sync.world.people.map((person) => sync.world.identitiesOf(person));
  const wanted =
    of === 'PEOPLE' ? people.filter((list) => list.length > 0) : people.flat().map((one) => [one]);
  const users = await readUsers(url);
  expect(users.map(namesOf).toSorted()).toEqual(
    wanted.map((identities) => namesOf({ identities })).toSorted(),
  );
  expect(new Set(users.map(({ id }) => id)).size).toBe(users.length);
}

function namesOf({ identities }: Pick<SeenUser, 'identities'>): string {
  return identities
    .map(({ source, externalId }) => `${source} ${externalId}`)
    .toSorted()
    .join(', ');
}

/** Stops the gateway as an operator does, and reads what it leaves. */
export async function stopCleanly(sync: KilledFirstSync, gateway: GatewayProcess): Promise<StoreSnapshot> {
  const { code, stderr } = await gateway.end('SIGTERM');
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  const store = readStore(sync.world.folder);
  expect(faultsOfStore(store)).toEqual([]);
  return store;
}

/** One row from null for each record and each user, and each record's is of the first scan or read. */
export function expectFirstSights({ changes, verifications, users, aliases }: StoreSnapshot): void {
  const first = changes.filter(({ from_status }) => from_status === null);
  const records = first.filter(({ type }) => type === 'STATUS');
  expect(records.map(({ subject_id }) => subject_id).toSorted()).toEqual(
    verifications.map(({ id }) => id).toSorted(),
  );
  expect(new Set(records.map(({ cause }) => cause))).toEqual(new Set(['BACKFILL']));
  const people = first.filter(({ type }) => type === 'USER').map(({ subject_id }) => subject_id);
  expect(new Set(people).size).toBe(people.length);
  const ever = new Set([...users.map(({ id }) => id), ...aliases.map(({ alias_id }) => alias_id)]);
  const unheard = users.filter(({ id }) => !people.includes(id));
  expect({ unheard, strangers: people.filter((id) => !ever.has(id)) }).toEqual({
    unheard: [],
    strangers: [],
  });
}

/** A kill repeats the page, and the reads of users, that it cut; nothing that was stored is asked for again. */
export function expectLittleReadTwice({ lives, world }: KilledFirstSync): void {
  for (const source of ['UPVEST', 'SUMVIN']) {
    const sandbox = world.sandbox(source);
    const known = world.people.filter((person) => sandbox.externalUserIdOf(person) !== null).length;
    const most = known + FIRST_ROUND * lives.length;
    expect(sandbox.requests.length, source).toBeLessThanOrEqual(most);
  }
}
