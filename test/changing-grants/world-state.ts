/** A name by which a source knows somebody, in one word; each has one record. */
export type Name = `${string} ${string}`;

export interface Watcher {
  readonly name: string;
  /** The id that an end user's token names; null for a partner, or who sees all. */
  readonly userId: string | null;
  readonly seesAll?: boolean;
}

interface Given {
  /** Ids of users, as they were granted. */
  readonly users: ReadonlySet<string>;
  readonly sources: ReadonlySet<string>;
}

/** Who is who, and what is granted to whom: worked out from what was asked of the gateway, by nothing that it shows. */
export class WorldState {
  /** The id of the user who has a name. */
  readonly #owners: ReadonlyMap<Name, string>;
  /** Ids that became another's. */
  readonly #aliases: ReadonlyMap<string, string>;
  readonly #grants: ReadonlyMap<string, Given>;

  constructor(
    owners: ReadonlyMap<Name, string>,
    aliases: ReadonlyMap<string, string> = new Map(),
    grants: ReadonlyMap<string, Given> = new Map(),
  ) {
    this.#owners = owners;
    this.#aliases = aliases;
    this.#grants = grants;
  }

  present(id: string): string {
    const next = this.#aliases.get(id);
    return next === undefined ? id : this.present(next);
  }

  namesOf(id: string): readonly Name[] {
    const user = this.present(id);
    return [...this.#owners].filter(([, owner]) => owner === user).map(([name]) => name);
  }

  ownerOf(name: Name): string | null {
    return this.#owners.get(name) ?? null;
  }

  grantedTo(partner: string): Given {
    return this.#grants.get(partner) ?? { users: new Set(), sources: new Set() };
  }

  sees({ name: watcher, userId, seesAll = false }: Watcher, name: Name): boolean {
    const owner = this.ownerOf(name);
    if (seesAll) return true;
    if (userId !== null) return owner === this.present(userId);
    const { users, sources } = this.grantedTo(watcher);
    return sources.has(sourceOf(name)) || [...users].some((id) => this.present(id) === owner);
  }

  seesUser(watcher: Watcher, id: string): boolean {
    return this.namesOf(id).some((name) => this.sees(watcher, name));
  }

  granting(partner: string, what: { readonly userId?: string; readonly source?: string }): WorldState {
    const { users, sources } = this.grantedTo(partner);
    return this.#given(partner, {
      users: new Set([...users, ...(what.userId === undefined ? [] : [what.userId])]),
      sources: new Set([...sources, ...(what.source === undefined ? [] : [what.source])]),
    });
  }

  /** A user is taken back by any id that they ever had. */
  revoking(partner: string, what: { readonly userId?: string; readonly source?: string }): WorldState {
    const { users, sources } = this.grantedTo(partner);
    const user = what.userId === undefined ? null : this.present(what.userId);
    return this.#given(partner, {
      users: new Set([...users].filter((id) => this.present(id) !== user)),
      sources: new Set([...sources].filter((source) => source !== what.source)),
    });
  }

  merging(keepId: string, mergeId: string): WorldState {
    const [keep, gone] = [this.present(keepId), this.present(mergeId)];
    const owners = [...this.#owners].map(([name, owner]) => [name, owner === gone ? keep : owner] as const);
    return new WorldState(new Map(owners), new Map([...this.#aliases, [gone, keep]]), this.#grants);
  }

  /** The name becomes a user of its own, of this id. */
  parting(name: Name, id: string): WorldState {
    return new WorldState(new Map([...this.#owners, [name, id]]), this.#aliases, this.#grants);
  }

  #given(partner: string, given: Given): WorldState {
    return new WorldState(this.#owners, this.#aliases, new Map([...this.#grants, [partner, given]]));
  }
}

export function sourceOf(name: Name): string {
  return name.slice(0, name.indexOf(' '));
}
