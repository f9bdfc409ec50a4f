import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { SEES_ALL } from '#kyc/sight';
import type { IdentityRef, User } from '#kyc/user';
import { identityKey } from '#store/reads/read-users';
import type { Store } from '#store/store';

import { expectFreshAnswers, expectSoundLog } from './people-model.ts';
import { APPROVED, logOf, REJECTED, take, userRows } from './records.ts';
import type { OpenFresh, ReopenableStore } from './reopen.ts';
import { alpha, at, beta, gamma, kycRecord } from './sample-records.ts';

const SOURCES = [alpha, beta, gamma];
const NAMES = 4;

/** What is said of overlapping people at the same time, at two gateways where the database is shared. */
export function overlapBehaviours(open: OpenFresh, { runs }: { runs: number }): void {
  describe('people of whom much is said at once', () => {
    let test: ReopenableStore;
    let stores: readonly [Store, Store];
    let worlds = 0;

    beforeAll(async () => {
      test = await open();
      stores = [test.store, (await test.beside?.()) ?? test.store];
    });
    afterAll(async () => await test.remove());

    const place = fc.record({ source: fc.nat(SOURCES.length - 1), name: fc.nat(NAMES - 1) });
    const lists = fc.array(fc.array(place, { minLength: 1, maxLength: 3 }), { minLength: 2, maxLength: 8 });
    const refIn = (world: string) => (said: { source: number; name: number }) =>
      at(SOURCES[said.source] ?? alpha, `${world}${said.name}`);
    const newWorld = () => {
      worlds += 1;
      return `world ${worlds}: `;
    };

    it('are joined by the links that were taken, all of them and no others', async () => {
      await fc.assert(
        fc.asyncProperty(lists, async (said) => {
          const world = newWorld();
          const links = said.map((list) => list.map(refIn(world)));
          const results = await Promise.all(
            links.map(
              async (list, index) =>
                (await stores[index % 2 === 0 ? 0 : 1].linkIdentities([list], 'tester'))[0],
            ),
          );
          const taken = links.filter((_, index) => results[index]?.refusal === null);
          const people = await expectOnePersonEach(stores[1], taken.flat());
          expect(people).toEqual(componentsOf(taken));
          const refusedAtAll = links.flat().filter((ref) => !taken.flat().some((one) => isSame(one, ref)));
          const unseen = await stores[0].readUsersByIdentity(refusedAtAll, SEES_ALL);
          expect(unseen.filter((user) => user !== null)).toEqual([]);
        }),
        { numRuns: runs },
      );
    });

    it('are one state in the end, with links, partings, merges and records all at once', async () => {
      const everyId = new Set<string>();
      await fc.assert(
        fc.asyncProperty(lists, lists, async (first, second) => {
          const world = newWorld();
          const ref = refIn(world);
          await stores[0].linkIdentities(
            first.map((list) => list.map(ref)),
            'tester',
          );
          const refs = [...first, ...second].flat().map(ref);
          const before = usersOf(await stores[0].readUsersByIdentity(refs, SEES_ALL));
          const position = (await logOf(stores[0])).length;
          await Promise.all(
            second.flatMap((list, index) => doAll(stores[index % 2 === 0 ? 0 : 1], list.map(ref), before)),
          );
          await expectOnePersonEach(stores[1], refs);
          const rows = (await userRows(stores[0])).filter((row) => row.position > position);
          for (const { userId, from } of rows) if (from === null) everyId.add(userId);
          for (const { id } of before) everyId.add(id);
        }),
        { numRuns: runs },
      );
      const present = await stores[1].readUsers([...everyId], SEES_ALL);
      expect(present).not.toContain(null);
      const ids = usersOf(present).map((user) => user.id);
      await expectFreshAnswers(stores[1], ids);
      await expectSoundLog(stores[1], ids);
    });
  });
}

/** A link, a parting, a merge and a record about the same people, none waiting for another. */
function doAll(store: Store, refs: readonly IdentityRef[], known: readonly User[]): Promise<unknown>[] {
  const [first] = refs;
  const [one, other] = [known.at(0), known.at(-1)];
  if (first === undefined || one === undefined || other === undefined) return [];
  const said = {
    source: first.source,
    externalUserId: first.externalId,
    externalId: `of ${identityKey(first)}`,
  };
  const words = refs.length > 1 ? APPROVED : REJECTED;
  return [
    store.linkIdentities([refs], 'tester'),
    store.unlinkIdentity(one.id, one.identities[0] ?? first, 'tester'),
    store.mergeUsers(one.id, other.id, 'tester'),
    take(store, [kycRecord({ ...said, ...words })], {
      source: { id: first.source, versioning: 'read', listed: true, keepsPersonal: false },
    }),
  ];
}

function usersOf(users: readonly (User | null)[]): readonly User[] {
  return [...new Map(users.flatMap((user) => (user === null ? [] : [[user.id, user]]))).values()];
}

/** Every identity that has a user is that user's and no other's. Returns who is together, by names, sorted. */
async function expectOnePersonEach(store: Store, refs: readonly IdentityRef[]): Promise<readonly string[]> {
  const users = usersOf(await store.readUsersByIdentity(refs, SEES_ALL));
  const held = users.flatMap((user) => user.identities.map(identityKey));
  expect(new Set(held).size).toBe(held.length);
  return users.map((user) => user.identities.map(identityKey).toSorted().join(' ')).toSorted();
}

function componentsOf(lists: readonly (readonly IdentityRef[])[]): readonly string[] {
  let groups: Set<string>[] = [];
  for (const list of lists) {
    const keys = list.map(identityKey);
    const touched = groups.filter((group) => keys.some((key) => group.has(key)));
    const joined = new Set([...keys, ...touched.flatMap((group) => [...group])]);
    groups = [...groups.filter((group) => !touched.includes(group)), joined];
  }
  return groups.map((group) => [...group].toSorted().join(' ')).toSorted();
}

function isSame(one: IdentityRef, other: IdentityRef): boolean {
  return identityKey(one) === identityKey(other);
}
