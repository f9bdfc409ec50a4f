import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { isLimitedToSources, SEES_ALL, type Sight, seesWhole } from '#kyc/sight';
import type { UserFilter } from '#kyc/user-filter';
import { readLog } from '#store/testing/read-log';

import { effort } from './effort.ts';
import { fill } from './pages.ts';
import { anySight } from './random-queries.ts';
import { people, sources } from './random-records.ts';
import { logOf } from './records.ts';
import type { OpenFresh, ReopenableStore } from './reopen.ts';
import { type HeldInMemory, SeenInMemory } from './seen-in-memory.ts';

const RUNS = 20 * effort;
const REFS = sources.flatMap((source) => people.map((externalId) => ({ source, externalId })));

/** Every read gives what the pure rules (kyc/sight.ts) leave of what is held. Pages and statistics are proved by theirs. */
export function sightBehaviours(open: OpenFresh): void {
  describe('what a caller sees', () => {
    let test: ReopenableStore;
    let held: HeldInMemory;
    /** Every id that any user ever had, and whose it is. */
    let present: ReadonlyMap<string, string>;

    beforeAll(async () => {
      test = await open();
      held = await fill(test);
      const log = await logOf(test.store);
      const ids = log.flatMap((row) => ('verificationId' in row ? [] : [row.userId]));
      const users = await test.store.readUsers(ids, SEES_ALL);
      present = new Map(ids.map((id, at) => [id, users[at]?.id ?? '']));
      expect(present.size).toBeGreaterThan(held.users.length);
    });
    afterAll(async () => await test.remove());

    const forAny = async (judge: (sight: Sight, seen: SeenInMemory) => Promise<void>) => {
      const ids = held.users.map(({ id }) => id);
      const property = fc.asyncProperty(anySight(ids), (sight) =>
        judge(sight, new SeenInMemory(held, sight)),
      );
      await fc.assert(property, { numRuns: RUNS });
    };

    it('is given of records by id, and their owners only where their identity is seen', async () => {
      const ids = held.verifications.map(({ id }) => id);
      await forAny(async (sight, seen) => {
        const expected = new Map(seen.verifications().map((known) => [known.id, seen.ownerOf(known)]));
        const found = await test.store.readVerifications(ids, sight);
        expect(found.map((known) => known && [known.id, known.userId])).toEqual(
          ids.map((id) => (expected.has(id) ? [id, expected.get(id)] : null)),
        );
      });
    });

    it('is given of users by any of their ids, and by identity', async () => {
      const ids = [...present.keys()];
      await forAny(async (sight, seen) => {
        const expected = new Map(seen.users().map((user) => [user.id, user]));
        expect(await test.store.readUsers(ids, sight)).toEqual(
          ids.map((id) => expected.get(present.get(id) ?? '') ?? null),
        );
        const owners = new Map(
          seen
            .users()
            .flatMap((user) => user.identities.map((one) => [`${one.source}:${one.externalId}`, user])),
        );
        expect(await test.store.readUsersByIdentity(REFS, sight)).toEqual(
          REFS.map(({ source, externalId }) => owners.get(`${source}:${externalId}`) ?? null),
        );
      });
    });

    it('is given of the records of users', async () => {
      const ids = held.users.map(({ id }) => id);
      await forAny(async (sight, seen) => {
        const found = await test.store.readVerificationsOfUsers(ids, sight);
        for (const id of ids)
          expect(found.get(id)?.map((known) => known.id)).toEqual(
            seen
              .verifications()
              .filter((known) => seen.countsFor(known, id))
              .map((known) => known.id)
              .toSorted(),
          );
      });
    });

    it('is what users are found and counted by', async () => {
      const filters: readonly UserFilter[] = [
        {},
        ...sources.map((source) => ({ sources: [source] })),
        ...people.slice(0, 4).map((externalId) => ({ externalId })),
      ];
      await forAny(async (sight, seen) => {
        for (const filter of filters) {
          const found = seen.users().filter(({ identities }) => {
            const { sources: named, externalId } = filter;
            const isAt = named === undefined || identities.some(({ source }) => named.includes(source));
            return (
              isAt && (externalId === undefined || identities.some((one) => one.externalId === externalId))
            );
          });
          expect(await test.store.countUsers(filter, sight)).toBe(found.length);
        }
      });
    });

    it('never is an answer over what they do not see', async () => {
      const filters: readonly UserFilter[] = [
        { conflicting: false },
        { nextActions: ['WAIT', 'CONTACT_SUPPORT', 'NONE'] },
        { statuses: held.users.map(({ answer }) => answer.status) },
      ];
      await forAny(async (sight, seen) => {
        for (const filter of filters) {
          const count = await test.store.countUsers(filter, sight);
          if (isLimitedToSources(sight)) expect(count).toBe(0);
          else expect(count).toBe(seen.users().filter((user) => isMeant(user.answer, filter)).length);
        }
      });
    });

    it('is counted of the words that no table knows', async () => {
      await forAny(async (sight, seen) => {
        const odd = seen
          .verifications()
          .filter(({ reason, sourceStatus }) => reason === 'STATUS_UNRECOGNISED' && sourceStatus !== null);
        const counts = Map.groupBy(odd, ({ source, sourceStatus }) => `${source} ${sourceStatus}`);
        const found = await test.store.unmappedStatuses(sight);
        expect(new Map(found.map((one) => [`${one.source} ${one.sourceStatus}`, one.count]))).toEqual(
          new Map([...counts].map(([word, records]) => [word, records.length])),
        );
      });
    });

    it('is told of the log: records that are seen, and answers of those who are seen whole', async () => {
      const log = await logOf(test.store);
      await forAny(async (sight, seen) => {
        const records = new Map(seen.verifications().map((known) => [known.id, known]));
        const granted = held.granted.get(sight === 'ALL' ? '' : (sight.partner ?? '')) ?? new Set();
        const expected = log.flatMap((row): readonly (typeof row)[] => {
          if ('verificationId' in row) {
            const known = records.get(row.verificationId);
            return known === undefined ? [] : [{ ...row, userId: seen.ownerOf(known) }];
          }
          const isWhole = seesWhole(sight, present.get(row.userId) ?? '', granted);
          return isWhole && !isLimitedToSources(sight) ? [row] : [];
        });
        expect(await readLog(test.store, sight)).toEqual(expected);
        const later = expected.filter(({ position }) => position > 100);
        expect(await readLog(test.store, sight, 100)).toEqual(later);
      });
    });
  });
}

function isMeant(
  answer: HeldInMemory['users'][number]['answer'],
  { statuses, nextActions, conflicting }: UserFilter,
): boolean {
  return (
    (statuses?.includes(answer.status) ?? true) &&
    (nextActions?.includes(answer.nextAction) ?? true) &&
    (conflicting === undefined || answer.conflicting === conflicting)
  );
}
