import { pick } from '#sources/sandbox-seed';

import { ask } from '../harness/ask.ts';
import type { History } from './history.ts';
import { nameOf, type People, SOURCES } from './people.ts';
import type { Name } from './world-state.ts';

export interface Moving {
  readonly url: string;
  /** Of an operator. */
  readonly token: string;
  readonly people: People;
  readonly history: History;
  readonly partners: readonly string[];
  /** Users by their first ids. */
  readonly users: readonly string[];
  /** Those whose identities are parted and joined again, and who become one with others. */
  readonly restless: readonly number[];
  readonly random: () => number;
}

/** What an operator does all the time: grants and takes back, parts, joins and merges. */
export class Operator {
  readonly counts = { granted: 0, revoked: 0, parted: 0, joined: 0, merged: 0 };
  readonly #moving: Moving;
  /** Parted names, by the person from whom. */
  readonly #apart = new Map<Name, number>();

  constructor(moving: Moving) {
    this.#moving = moving;
  }

  async move(): Promise<void> {
    const { random } = this.#moving;
    const drawn = random();
    if (drawn < 0.75) await this.#changeGrant();
    else if (drawn < 0.87) await this.#part();
    else if (drawn < 0.99) await this.#join();
    else await this.#merge();
  }

  async #changeGrant(): Promise<void> {
    const { random, partners, users } = this.#moving;
    const what = random() < 0.4 ? { source: pick(SOURCES, random) } : { userId: pick(users, random) };
    const partner = pick(partners, random);
    const held = this.#moving.history.present.grantedTo(partner);
    const isHeld = 'source' in what ? held.sources.has(what.source) : held.users.has(what.userId);
    await (isHeld ? this.revoke(partner, what) : this.grant(partner, what));
  }

  async grant(partner: string, what: { userId?: string; source?: string }): Promise<void> {
    await this.#moving.history.move(async () => {
      await this.#ask('grantAccess', 'GrantAccessInput', 'granted', { partner, ...what });
      return this.#moving.history.present.granting(partner, what);
    });
    this.counts.granted += 1;
  }

  async revoke(partner: string, what: { userId?: string; source?: string }): Promise<void> {
    await this.#moving.history.move(async () => {
      await this.#ask('revokeAccess', 'GrantAccessInput', 'granted', { partner, ...what });
      return this.#moving.history.present.revoking(partner, what);
    });
    this.counts.revoked += 1;
  }

  async #part(): Promise<void> {
    const { random, restless, history, people, users } = this.#moving;
    const person = pick(restless, random);
    const name = nameOf(person, pick(SOURCES.slice(1), random));
    if (this.#apart.has(name)) return;
    const userId = users[person] ?? '';
    await history.move(async () => {
      await this.#ask('unlinkIdentity', 'UnlinkIdentityInput', 'user { id }', {
        userId,
        identity: identityOf(name),
      });
      return history.present.parting(name, await people.ownerOf(name));
    });
    this.#apart.set(name, person);
    this.counts.parted += 1;
  }

  async #join(): Promise<void> {
    const { random, history, users } = this.#moving;
    if (this.#apart.size === 0) return;
    const [name, person] = pick([...this.#apart], random);
    const links = [[identityOf(nameOf(person, SOURCES[0])), identityOf(name)]];
    await history.move(async () => {
      await this.#ask('linkIdentities', 'LinkIdentitiesInput', 'users { id }', { links });
      const { present } = history;
      return present.merging(users[person] ?? '', present.ownerOf(name) ?? '');
    });
    this.#apart.delete(name);
    this.counts.joined += 1;
  }

  async #merge(): Promise<void> {
    const { random, restless, history, users } = this.#moving;
    const [keepId = '', mergeId = ''] = [pick(restless, random), pick(restless, random)].map(
      (at) => users[at],
    );
    const { present } = history;
    const keep = present.present(keepId);
    // Some of them stay apart, however long this goes on.
    if (keep === present.present(mergeId) || this.counts.merged >= restless.length / 2) return;
    await history.move(async () => {
      await this.#ask('mergeUsers', 'MergeUsersInput', 'user { id }', { keepId: keep, mergeId });
      return history.present.merging(keep, mergeId);
    });
    this.counts.merged += 1;
  }

  async #ask(mutation: string, type: string, fields: string, input: object): Promise<void> {
    const query = `mutation ($input: ${type}!) { ${mutation}(input: $input) { ${fields} errors { code message } } }`;
    const { url, token } = this.#moving;
    const { data, errors } = await ask<Record<string, { errors: readonly { message: string }[] }>>(
      url,
      query,
      { input },
      { authorization: `Bearer ${token}` },
    );
    const refusals = [...errors, ...(data?.[mutation]?.errors ?? [])];
    if (refusals.length > 0) throw new Error(`${mutation}: ${refusals[0]?.message}`);
  }
}

function identityOf(name: Name): { source: string; externalId: string } {
  const [source = '', externalId = ''] = name.split(' ');
  return { source, externalId };
}
