import type { SandboxPerson } from '#sources/sandbox';

import type { Caller as Claims } from '../access-matrix/callers.ts';
import { Needles } from '../harness/needles.ts';
import type { World } from '../harness/world.ts';
import type { HeldRecord, Holdings } from './holdings.ts';
import { BUSINESS_ACCOUNTS, markOf } from './people.ts';

/** What a caller was given: an end user themselves, a partner more. */
export interface Grants {
  readonly users: readonly string[];
  readonly sources: readonly string[];
  readonly businessAccounts: readonly string[];
}

/** A caller, and all that they may see: worked out here from what is held and granted, by nothing that the gateway says. */
export interface Caller {
  readonly name: string;
  readonly claims: Claims;
  readonly grants: Grants;
  /** By id. */
  readonly users: ReadonlySet<string>;
  readonly records: ReadonlySet<string>;
  /** `source externalId`. */
  readonly identities: ReadonlySet<string>;
}

/** Two partners, who are granted in part the same, and of the people each as an end user. */
export function createCallers(
  world: World,
  holdings: Holdings,
  endUsers: number,
): { readonly callers: readonly Caller[]; readonly marks: ReadonlyMap<string, string> } {
  const sees = (name: string, claims: Omit<Claims, 'sub' | 'scope'>, grants: Grants): Caller => ({
    name,
    claims: { ...claims, sub: name, scope: 'kyc:status' },
    grants,
    ...sightOf(holdings, grants),
  });
  const people = world.people.flatMap((person) => {
    const user = userIdOf(world, holdings, person);
    return user === null ? [] : [{ user, mark: markOf(person) }];
  });
  const own = people.slice(0, endUsers).map(({ user, mark }) => ({
    mark,
    caller: sees(
      `end user ${mark}`,
      { kind: 'end_user', user },
      { users: [user], sources: [], businessAccounts: [] },
    ),
  }));
  const users = people.map(({ user }) => user);
  const [first, second] = BUSINESS_ACCOUNTS;
  const partners = [
    sees('acme', PARTNER, {
      users: users.slice(5, 12),
      sources: ['FINX'],
      businessAccounts: [first],
    }),
    sees('globex', PARTNER, {
      users: users.slice(9, 26),
      sources: ['UPVEST'],
      businessAccounts: [second],
    }),
  ];
  return {
    callers: [...partners, ...own.map(({ caller }) => caller)],
    marks: new Map([
      ...people.map(({ mark }): [string, string] => [mark, 'nobody']),
      ...own.map(({ mark, caller }): [string, string] => [mark, caller.name]),
    ]),
  };
}
const PARTNER = { kind: 'partner' } as const;

function userIdOf(world: World, { users }: Holdings, person: SandboxPerson): string | null {
  const [one] = world.identitiesOf(person);
  const holds = (id: string, source: string) => (names: Holdings['users'][number]) =>
    names.identities.some((name) => name.source === source && name.externalId === id);
  return one === undefined ? null : (users.find(holds(one.externalId, one.source))?.id ?? null);
}

function sightOf(
  { users, records }: Holdings,
  grants: Grants,
): Pick<Caller, 'users' | 'records' | 'identities'> {
  const whole = new Set(
    users.filter(({ id }) => grants.users.includes(id)).flatMap(({ identities }) => identities.map(nameOf)),
  );
  const isOfGrantedAccount = ({ businessAccountId }: HeldRecord) =>
    businessAccountId !== null && grants.businessAccounts.includes(businessAccountId);
  const seen = records.filter(
    (record) =>
      grants.sources.includes(record.source) ||
      isOfGrantedAccount(record) ||
      namesOf(record).some((name) => whole.has(name)),
  );
  const byAccount = new Set(records.filter(isOfGrantedAccount).flatMap(namesOf));
  const identities = users
    .flatMap((user) => user.identities)
    .filter(
      (one) => grants.sources.includes(one.source) || whole.has(nameOf(one)) || byAccount.has(nameOf(one)),
    );
  const names = new Set(identities.map(nameOf));
  return {
    identities: names,
    records: new Set(seen.map(({ id }) => id)),
    users: new Set(
      users.filter((user) => user.identities.some((one) => names.has(nameOf(one)))).map(({ id }) => id),
    ),
  };
}

export function nameOf({ source, externalId }: { source: string; externalId: string }): string {
  return `${source} ${externalId}`;
}

export function namesOf({ source, subjects }: HeldRecord): readonly string[] {
  return subjects.map((externalId) => nameOf({ source, externalId }));
}

/** Whose a text is that stands in no two people's data: those who may be given it. */
export interface Owned {
  readonly what: string;
  readonly by: ReadonlySet<string>;
}

export const PERSONAL = 'a personal value';

/** Every id and every personal value that there is, to be looked for in answers. */
export function createOwners(
  { users, records, changes }: Holdings,
  { callers, marks }: ReturnType<typeof createCallers>,
): Needles<Owned> {
  const owned = new Map<string, { what: string; by: Set<string> }>();
  const add = (text: string, what: string, by: readonly string[]) => {
    const before = owned.get(text) ?? { what, by: new Set() };
    owned.set(text, { what, by: new Set([...before.by, ...by]) });
  };
  const whoSee = (kind: 'users' | 'records' | 'identities', id: string) =>
    callers.filter((caller) => caller[kind].has(id)).map(({ name }) => name);
  for (const { id, identities } of users) {
    add(id, 'the id of a user', whoSee('users', id));
    for (const one of identities)
      add(one.externalId, `a name at ${one.source}`, whoSee('identities', nameOf(one)));
  }
  for (const record of records) {
    const by = whoSee('records', record.id);
    for (const id of record.ownIds) add(id, `an id of a record of ${record.source}`, by);
    // Whoever sees a record sees whom it names there.
    for (const name of record.subjects) add(name, `a name at ${record.source}`, by);
  }
  for (const { id, verificationId } of changes)
    add(id, 'the id of a change', whoSee('records', verificationId));
  for (const [mark, name] of marks)
    for (const spelling of [mark, mark.toLowerCase(), mark.toUpperCase()]) add(spelling, PERSONAL, [name]);
  return new Needles([...owned].map(([text, owner]) => [Buffer.from(text), owner]));
}
