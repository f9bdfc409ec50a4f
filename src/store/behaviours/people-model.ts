import { expect } from 'vitest';

import { contributionsOf } from '#kyc/contribution';
import { dayOf } from '#kyc/instant';
import { rollUp } from '#kyc/roll-up';
import { SEES_ALL } from '#kyc/sight';
import type { IdentityRef, User } from '#kyc/user';
import { identityKey } from '#store/reads/read-users';
import type { Store } from '#store/store';

import { logOf } from './records.ts';

/** One person as the model knows them. */
export interface Person {
  /** The present id. */
  id: string;
  readonly createdAt: string;
  readonly identities: Set<string>;
}

/** Who is whom, in memory, and every id that anybody ever had. */
export class PeopleModel {
  readonly refs: readonly IdentityRef[];
  /** By identity; not seen yet: absent. */
  readonly holders = new Map<string, Person>();
  /** By every id ever given out: whose it is now. */
  readonly owners = new Map<string, Person>();

  constructor(refs: readonly IdentityRef[]) {
    this.refs = refs;
  }

  personOf(ref: IdentityRef): Person | null {
    return this.holders.get(identityKey(ref)) ?? null;
  }

  /** All ids by which a person was ever known, in the order in which they got them. */
  idsOf(person: Person): readonly string[] {
    return [...this.owners].flatMap(([id, owner]) => (owner === person ? [id] : []));
  }

  /** Somebody new: under an id that nobody ever had. */
  found(user: Pick<User, 'id' | 'createdAt'>, refs: readonly IdentityRef[]): Person {
    expect(this.owners.has(user.id), 'an id that was given out before').toBe(false);
    const person: Person = { id: user.id, createdAt: user.createdAt, identities: new Set() };
    this.owners.set(user.id, person);
    for (const ref of refs) this.move(ref, person);
    return person;
  }

  move(ref: IdentityRef, person: Person): void {
    const key = identityKey(ref);
    this.holders.get(key)?.identities.delete(key);
    this.holders.set(key, person);
    person.identities.add(key);
  }

  merge(stays: Person, goes: Person): void {
    if (stays === goes) return;
    for (const ref of this.refs) if (this.personOf(ref) === goes) this.move(ref, stays);
    for (const id of this.idsOf(goes)) this.owners.set(id, stays);
  }

  /** The store knows the same people, and every id that anybody ever had leads to whose it is. */
  async expectSamePeople(store: Store): Promise<void> {
    const ids = [...this.owners.keys()];
    const users = await store.readUsers(ids, SEES_ALL);
    expect(users.map(summaryOf)).toEqual(ids.map((id) => summaryOfPerson(this.owners.get(id))));
    const holders = await store.readUsersByIdentity(this.refs, SEES_ALL);
    expect(holders.map((user) => user?.id ?? null)).toEqual(
      this.refs.map((ref) => this.personOf(ref)?.id ?? null),
    );
  }
}

function summaryOf(user: User | null) {
  return user === null ? null : { id: user.id, identities: user.identities.map(identityKey).toSorted() };
}

function summaryOfPerson(person: Person | undefined) {
  return person === undefined ? null : { id: person.id, identities: [...person.identities].toSorted() };
}

/** Every stored answer is the answer of the records that count now. */
export async function expectFreshAnswers(store: Store, ids: readonly string[]): Promise<void> {
  const users = (await store.readUsers(ids, SEES_ALL)).flatMap((user) => user ?? []);
  const records = await store.readVerificationsOfUsers(ids, SEES_ALL);
  const today = dayOf(await store.now());
  for (const user of users) {
    const known = records.get(user.id) ?? [];
    const contributions = known.flatMap((one) => contributionsOf(one, user.identities));
    expect(user.answer).toEqual(rollUp(contributions, 'strict', today));
  }
}

/** No position is missing; the rows of each subject are numbered without holes and tell what was before. */
export async function expectSoundLog(store: Store, ids: readonly string[]): Promise<void> {
  const log = await logOf(store);
  expect(log.map((row) => row.position)).toEqual(log.map((_, at) => at + 1));
  const bySubject = Map.groupBy(log, (row) => ('verificationId' in row ? row.verificationId : row.userId));
  for (const rows of bySubject.values()) {
    expect(rows.map((row) => row.sequence)).toEqual(rows.map((_, at) => at + 1));
    const effective = rows.filter((row) => !('effective' in row) || row.effective);
    expect(effective.map((row) => row.from)).toEqual([null, ...effective.slice(0, -1).map((row) => row.to)]);
  }
  for (const user of (await store.readUsers(ids, SEES_ALL)).flatMap((one) => one ?? [])) {
    const { status, reason, nextAction, becauseId } = user.answer;
    expect(bySubject.get(user.id)?.at(-1)).toMatchObject({ to: status, reason, nextAction, becauseId });
  }
}
