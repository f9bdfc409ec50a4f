import { readdirSync } from 'node:fs';

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { foldWord, kycStatuses, kycStatusReasons } from '#kyc/status';
import { rooms } from '#sources/index';
import { createSandboxPeople } from '#sources/sandbox-people';

import { mutationsOf } from './harness/mutated-deliveries.ts';
import { type Delivery, listed, signedBody, signedWithTime } from './harness/webhooks.ts';
import { openRoom, READ, readEverybody, recordsOf, scan, sortedTexts } from './open-room.ts';

const SOURCES = new URL('../src/sources/', import.meta.url);
const FILES = [
  'README.md',
  'settings.ts',
  'wire.ts',
  'endpoints.ts',
  'normalize.ts',
  'changes.ts',
  'sandbox.ts',
  'index.ts',
];

const entries = (path: string) => readdirSync(new URL(path, SOURCES), { withFileTypes: true });

test('every folder is a room of the registry, and every room a folder', () => {
  const folders = entries('.').filter((entry) => entry.isDirectory());
  const names = rooms.map(({ descriptor }) => descriptor.id.toLowerCase());
  expect(folders.map(({ name }) => name).toSorted()).toEqual(names.toSorted());
});

test('no two rooms share an id or a setting', () => {
  const variables = rooms.flatMap((room) => room.variables);
  expect(new Set(rooms.map(({ descriptor }) => descriptor.id)).size).toBe(rooms.length);
  expect(new Set(variables).size).toBe(variables.length);
});

describe.each(rooms.map((room) => [room.descriptor.id, room] as const))('%s', (id, room) => {
  const { descriptor } = room;

  describe('on disk', () => {
    test('has the files that every room has', () => {
      const names = entries(`${id.toLowerCase()}/`).map(({ name }) => name);
      expect(names).toEqual(expect.arrayContaining(FILES));
      expect(names.some((name) => name.endsWith('.test.ts'))).toBe(true);
      expect(entries(`${id.toLowerCase()}/fixtures/`).some(({ name }) => name.endsWith('.json'))).toBe(true);
    });
  });

  describe('what it says of itself', () => {
    test('agrees with the readers that stand there', async () => {
      await using one = await openRoom(room);
      const { source } = one;
      const can = new Set(descriptor.capabilities);
      expect(source.descriptor).toBe(descriptor);
      expect(can.has('LIST')).toBe(source.fetchPage !== undefined);
      expect(can.has('BY_USER')).toBe(source.fetchByUser !== undefined);
      expect(can.has('BY_ID')).toBe(source.fetchById !== undefined);
      expect(can.has('BY_OWNER')).toBe(source.fetchByOwner !== undefined);
      expect(can.has('WEBHOOK')).toBe(source.webhooks !== undefined);
      const needed = { 'by-user': 'BY_USER', scan: 'LIST', owner: 'BY_OWNER' } as const;
      expect(can).toContain(needed[descriptor.ask]);
      expect(can.size).toBe(descriptor.capabilities.length);
    });

    test('has a sentence for the graph and reads no status in two ways', () => {
      expect(descriptor.description).toMatch(/^\S.*\.$/);
      const words = descriptor.statusMap.map(({ sourceStatus, outcome }) =>
        JSON.stringify([foldWord(sourceStatus), outcome === null ? null : foldWord(outcome)]),
      );
      expect(new Set(words).size).toBe(words.length);
      for (const { status, reason } of descriptor.statusMap) {
        expect(kycStatuses).toContain(status);
        expect(kycStatusReasons).toContain(reason);
      }
    });
  });

  describe('settings', () => {
    test('leave it off, without a word, where its URL is not set', () => {
      const faults: string[] = [];
      expect(room.readSettings({}, faults)).toBeNull();
      expect(faults).toEqual([]);
    });

    test("begin with the source's name and are all listed", async () => {
      await using one = await openRoom(room);
      const { environment } = one;
      for (const name of room.variables) expect(name).toMatch(new RegExp(`^${id}_[A-Z_]+$`));
      expect(room.variables).toEqual(expect.arrayContaining(Object.keys(environment)));
    });

    test('that are wrong are named, one line each, and never shown', async () => {
      await using one = await openRoom(room);
      const { environment } = one;
      const wrong = 'wrong value \u0000 s3cret';
      for (const name of room.variables) {
        const faults: string[] = [];
        room.readSettings({ ...environment, [name]: wrong }, faults);
        expect(faults.join()).not.toMatch(/s3cret|wrong value/);
        for (const line of faults)
          expect(line).toMatch(new RegExp(`^(${room.variables.join('|')})\\b[^\\n]*$`));
        if (/_(URL|S|MS|CONCURRENCY)$/.test(name)) expect(faults.join()).toContain(name);
      }
    });

    test.each(['http://api.example.com', 'ftp://127.0.0.1', 'https://user:s3cret@api.example.com', 's3cret'])(
      'refuse the URL %s',
      (url) => {
        const faults: string[] = [];
        room.readSettings({ [`${id}_URL`]: url }, faults);
        expect(faults.join()).toContain(`${id}_URL`);
        expect(faults.join()).not.toContain('s3cret');
      },
    );
  });

  describe('reading', () => {
    test('gives every record that the source holds once by a whole scan, where it has one', async () => {
      await using one = await openRoom(room);
      const reads = await scan(one);
      expect(reads === null).toBe(!descriptor.capabilities.includes('LIST'));
      if (reads === null) return;
      expect(reads.every(({ unidentified, incomplete }) => unidentified === 0 && incomplete === null)).toBe(
        true,
      );
      expect(sortedTexts(recordsOf(reads).map(({ raw }) => raw))).toEqual(sortedTexts(one.sandbox.records()));
    });

    test('gives every record once person by person, where it can be asked so, each to its own user', async () => {
      await using one = await openRoom(room);
      const reads = await readEverybody(one);
      expect(reads === null).toBe(descriptor.ask === 'scan');
      if (reads === null) return;
      expect(reads.every(({ unidentified, incomplete }) => unidentified === 0 && incomplete === null)).toBe(
        true,
      );
      expect(sortedTexts(recordsOf(reads).map(({ raw }) => raw))).toEqual(sortedTexts(one.sandbox.records()));
      for (const [index, person] of one.people.entries()) {
        for (const { verification } of reads[index]?.records ?? []) {
          expect(verification.externalUserId).toBe(one.sandbox.externalUserIdOf(person));
        }
      }
    });

    test('gives each record an id of its own, by which it can be read again where that is documented', async () => {
      await using one = await openRoom(room);
      const records = recordsOf((await scan(one)) ?? (await readEverybody(one)) ?? []);
      expect(records.length).toBeGreaterThanOrEqual(one.people.length);
      expect(new Set(records.map(({ verification }) => verification.externalId)).size).toBe(records.length);
      if (one.source.fetchById === undefined) return;
      for (const { verification, raw } of records) {
        const again = await one.source.fetchById(verification, READ);
        expect(again).toMatchObject({ unidentified: 0, incomplete: null });
        expect(again?.records).toEqual([{ verification, raw }]);
      }
    });

    test('never invents a status: the word stands there verbatim and in the map, or the status is unknown', async () => {
      await using one = await openRoom(room);
      const known = Map.groupBy(descriptor.statusMap, ({ sourceStatus }) => foldWord(sourceStatus));
      for (const { verification, raw } of recordsOf((await scan(one)) ?? (await readEverybody(one)) ?? [])) {
        const { sourceStatus, status, reason, kind, source } = verification;
        expect([kind, source]).toEqual([descriptor.kind, id]);
        if (sourceStatus === null) {
          expect([status, reason]).toEqual(['UNKNOWN', 'STATUS_MISSING']);
          continue;
        }
        expect(JSON.stringify(raw)).toContain(JSON.stringify(sourceStatus));
        const readings = known.get(foldWord(sourceStatus)) ?? [];
        if (status !== 'UNKNOWN')
          expect(readings.map((row) => [row.status, row.reason])).toContainEqual([status, reason]);
        if (readings.length === 0) expect([status, reason]).toEqual(['UNKNOWN', 'STATUS_UNRECOGNISED']);
      }
    });

    test('goes by the version that it declares', async () => {
      await using one = await openRoom(room);
      const records = recordsOf((await scan(one)) ?? (await readEverybody(one)) ?? []);
      const hasUpdateTime = records.some(({ verification }) => verification.updatedAt !== null);
      expect(hasUpdateTime).toBe(descriptor.versioning === 'updatedAt');
    });

    test('follows the source as it moves, and a simulator that goes on from an earlier one', async () => {
      await using one = await openRoom(room);
      const before = sortedTexts(one.sandbox.records());
      for (let turn = 0; turn < 30; turn += 1) one.sandbox.move();
      const after = sortedTexts(one.sandbox.records());
      expect(after).not.toEqual(before);
      const reads = (await scan(one)) ?? (await readEverybody(one)) ?? [];
      expect(sortedTexts(recordsOf(reads).map(({ raw }) => raw))).toEqual(after);
      await using other = await openRoom(room);
      other.sandbox.restore(JSON.parse(JSON.stringify(one.sandbox.records())) as unknown[]);
      expect(sortedTexts(other.sandbox.records())).toEqual(after);
    });

    test('knows nothing of a user, a record or an owner whom the source does not know', async () => {
      await using one = await openRoom(room);
      const { source } = one;
      const nothing = { records: [], unidentified: 0, incomplete: null };
      if (source.fetchByUser) expect(await source.fetchByUser('no-such-user', READ)).toEqual(nothing);
      if (source.fetchById) {
        const ref = { externalId: 'no-such-record', externalUserId: 'no-such-user' };
        expect(await source.fetchById(ref, READ)).toBeNull();
      }
      if (source.fetchByOwner) {
        const read = source.fetchByOwner('nobody', { credential: 'no-such-token', tenant: null }, READ);
        await expect(read).rejects.toMatchObject({ code: 'SOURCE_REFUSED' });
      }
    });
  });

  describe('told by a webhook', () => {
    const SECRET = 'a secret of the source';

    test('takes nothing without a secret, and with one nothing that is not proven by it', async () => {
      await using without = await openRoom(room);
      expect(without.source.webhooks?.proves).toBeNull();
      await using one = await openRoom(room, { [`${id}_WEBHOOK_SECRET`]: SECRET });
      const proves = one.source.webhooks?.proves ?? expect.unreachable();
      const body = '{"a":1}';
      const [plain, timed] = [signedBody(SECRET, body), signedWithTime(SECRET, body)];
      const isProven = ({ headers }: Delivery) =>
        proves({ headers: listed(headers), body: Buffer.from(body), nowMs: Date.now() });
      const own = [plain, timed].find(isProven) ?? expect.unreachable();
      for (const mutated of mutationsOf(own, 300, 1)) {
        const delivery = {
          headers: listed(mutated.headers),
          body: Buffer.from(mutated.body),
          nowMs: Date.now(),
        };
        expect(proves(delivery), JSON.stringify(mutated)).toBe(false);
      }
    });

    test('makes of any text events, or says why not', async () => {
      await using one = await openRoom(room);
      const { split, read } = one.source.webhooks ?? expect.unreachable();
      fc.assert(
        fc.property(fc.oneof(fc.json(), fc.string()), (text) => {
          for (const event of split(text)) {
            const { hint, unusable } = read(event);
            expect(hint === null).toBe(unusable !== null);
          }
        }),
        { numRuns: 200 },
      );
    });
  });

  test('has a simulator that holds nobody but its own', async () => {
    await using one = await openRoom(room);
    const { sandbox, people } = one;
    const strangers = createSandboxPeople(90, []).filter(({ number }) => number % 3 === 0);
    expect(strangers.map((person) => sandbox.externalUserIdOf(person))).toEqual(strangers.map(() => null));
    expect(strangers.map((person) => sandbox.credentialOf(person))).toEqual(strangers.map(() => null));
    const ids = people.map((person) => sandbox.externalUserIdOf(person));
    expect(new Set(ids).size).toBe(people.length);
    expect(ids).not.toContain(null);
  });
});
