import fc from 'fast-check';
import { expect } from 'vitest';

import type { Day } from '#kyc/instant';
import { SEES_ALL } from '#kyc/sight';
import type { IdentityRef } from '#kyc/user';
import type { Store } from '#store/store';

import { LINKED, refused } from './links.ts';
import type { PeopleModel, Person } from './people-model.ts';
import { APPROVED, anApplication, aSource, REJECTED, at as second, take } from './records.ts';
import { kycRecord } from './sample-records.ts';

/** The store under test, and how the ids of this run are told from those of others. */
export interface Real {
  readonly store: Store;
  readonly world: string;
}
type Command = fc.AsyncCommand<PeopleModel, Real>;

const OPEN = { status: 'PENDING', reason: 'SUBMITTED', sourceStatus: 'pending' } as const;
const WORDS = [OPEN, APPROVED, REJECTED];
const DAYS = [null, '2020-01-01', '2999-01-01'] as (Day | null)[];

/** Anything that may happen to who is whom, over `identities` names. */
export function peopleCommands(identities: number): fc.Arbitrary<Command>[] {
  const one = fc.nat(identities - 1);
  const nth = fc.nat(5);
  return [
    fc.uniqueArray(one, { minLength: 1, maxLength: 4 }).map((list) => linking(list)),
    fc.uniqueArray(one, { minLength: 2, maxLength: 2 }).map((list) => linking(list)),
    // Of null is one of their own: others are refused.
    fc.record({ owner: one, of: fc.option(one, { freq: 1 }), nth }).map(parting),
    fc.record({ keep: one, merge: one, nth, other: nth }).map(merging),
    fc
      .record({
        owner: one,
        entity: fc.option(one, { freq: 1 }),
        record: fc.nat(5),
        word: fc.nat(WORDS.length - 1),
        day: fc.nat(DAYS.length - 1),
        updated: fc.integer({ min: 1, max: 8 }),
        started: fc.integer({ min: 10, max: 60 }),
      })
      .map(arriving),
  ];
}

function command(name: string, run: (model: PeopleModel, real: Real) => Promise<void>): Command {
  return {
    check: () => true,
    toString: () => name,
    async run(model, real) {
      await run(model, real);
      await model.expectSamePeople(real.store);
    },
  };
}

function linking(list: readonly number[]): Command {
  return command(`link(${list.join(', ')})`, async (model, { store }) => {
    const refs = list.map((place) => refOf(model, place));
    const persons = [...new Set(refs.flatMap((ref) => model.personOf(ref) ?? []))];
    const [result] = await store.linkIdentities([refs], 'tester');
    if (persons.filter(({ identities }) => identities.size > 1).length > 1)
      return expect(result).toEqual(refused('ALREADY_LINKED'));
    expect(result).toEqual(LINKED);
    const [stays] = persons.toSorted(byAge);
    if (stays === undefined) return await meet(model, store, refs);
    expect(result?.userId).toBe(stays.id);
    for (const person of persons) model.merge(stays, person);
    for (const ref of refs) model.move(ref, stays);
  });
}

function byAge(one: Person, other: Person): number {
  if (one.createdAt !== other.createdAt) return one.createdAt < other.createdAt ? -1 : 1;
  return one.id < other.id ? -1 : 1;
}

function parting(said: { owner: number; of: number | null; nth: number }): Command {
  return command(`unlink(${said.of} from ${said.owner})`, async (model, { store }) => {
    const owner = model.personOf(refOf(model, said.owner));
    const own = model.refs.filter((ref) => owner !== null && model.personOf(ref) === owner);
    const ref = (said.of === null ? own[said.nth % own.length] : null) ?? refOf(model, said.of ?? said.owner);
    const result = await store.unlinkIdentity(idOfPerson(model, owner, said.nth), ref, 'tester');
    if (owner === null || model.personOf(ref) !== owner) return expect(result).toEqual(refused('NOT_FOUND'));
    if (owner.identities.size === 1) return expect(result).toEqual(refused('INVALID_INPUT'));
    expect(result).toEqual({ userId: owner.id, refusal: null });
    await meet(model, store, [ref]);
  });
}

function merging(said: { keep: number; merge: number; nth: number; other: number }): Command {
  return command(`merge(${said.merge} into ${said.keep})`, async (model, { store }) => {
    const [keep, merge] = [said.keep, said.merge].map((place) => model.personOf(refOf(model, place)));
    const keepId = idOfPerson(model, keep ?? null, said.nth);
    const mergeId = idOfPerson(model, merge ?? null, said.other);
    const result = await store.mergeUsers(keepId, mergeId, 'tester');
    if (keepId === mergeId) return expect(result).toEqual(refused('INVALID_INPUT'));
    if (keep == null || merge == null) return expect(result).toEqual(refused('NOT_FOUND'));
    expect(result).toEqual({ userId: keep.id, refusal: null });
    model.merge(keep, merge);
  });
}

interface Arriving {
  readonly owner: number;
  readonly entity: number | null;
  readonly record: number;
  readonly word: number;
  readonly day: number;
  readonly updated: number;
  readonly started: number;
}

/** A record of any version, in any order, of an owner who may have been another before. */
function arriving(said: Arriving): Command {
  return command(`arrive(${said.record} of ${said.owner})`, async (model, { store, world }) => {
    const owner = refOf(model, said.owner);
    // Entities are identities at the same source.
    const entity = said.entity === null ? null : { ...refOf(model, said.entity), source: owner.source };
    const of = { source: owner.source, externalUserId: owner.externalId, updatedAt: second(said.updated) };
    const words = { ...WORDS[said.word], documentExpiresOn: DAYS[said.day] ?? null };
    const record =
      entity === null
        ? kycRecord({ ...of, ...words, externalId: `${world}record ${said.record}` })
        : anApplication({ ...of, ...words, externalId: `${world}application ${said.record}` }, [
            { accountId: entity.externalId, ...WORDS[said.word] },
          ]);
    await take(store, [record], {
      source: aSource({ id: owner.source }),
      readStartedAt: second(said.started),
    });
    for (const ref of entity === null ? [owner] : [owner, entity])
      if (model.personOf(ref) === null) await meet(model, store, [ref]);
  });
}

/** Learns from the store under which id these identities, who are nobody's by the model, have a user. */
async function meet(model: PeopleModel, store: Store, refs: readonly IdentityRef[]): Promise<void> {
  const [user] = await store.readUsersByIdentity(refs, SEES_ALL);
  if (user === null || user === undefined) throw new TypeError('The identity has no user.');
  model.found(user, refs);
}

function refOf(model: PeopleModel, place: number): IdentityRef {
  const ref = model.refs[place % model.refs.length];
  if (ref === undefined) throw new TypeError('A model has identities.');
  return ref;
}

/** One of the ids that a person ever had. */
function idOfPerson(model: PeopleModel, person: Person | null, nth: number): string {
  const ids = person === null ? [] : model.idsOf(person);
  return ids[nth % ids.length] ?? 'nobody';
}
