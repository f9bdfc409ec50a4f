import { ask } from './ask.ts';
import type { GatewayProcess } from './gateway-process.ts';
import { until } from './until.ts';
import type { World } from './world.ts';

interface Mutation {
  readonly query: string;
  readonly variables: Record<string, unknown>;
}
const LINK =
  'mutation ($links: [[IdentityInput!]!]!) { done: linkIdentities(input: { links: $links }) { errors { message } } }';
const CONNECT =
  'mutation ($input: ConnectIdentityInput!) { done: connectIdentity(input: $input) { errors { message } } }';
const LISTS_AT_ONCE = 40;

/**
 * A client that tells the gateway about users whom no list names. Gateways die under it: what was not acknowledged is
 * told again to the next one.
 */
export class Introductions {
  readonly #left: Mutation[];

  /** PEOPLE: all identities of each person are joined, credentials connected. IDENTITIES: each by itself, no credentials. */
  constructor(world: World, how: 'PEOPLE' | 'IDENTITIES') {
    const people = world.people.map((person) => world.identitiesOf(person));
    const unlisted = people.flat().filter(({ source }) => source === 'UPVEST');
    const lists = how === 'PEOPLE' ? people.filter((list) => list.length > 0) : unlisted.map((one) => [one]);
    this.#left = [...chunks(lists)].map((links) => ({ query: LINK, variables: { links } }));
    if (how === 'PEOPLE') this.#left.push(...connections(world));
  }

  get areMade(): boolean {
    return this.#left.length === 0;
  }

  /** Goes on telling this gateway until all is told or it dies. */
  async makeTo(gateway: GatewayProcess): Promise<void> {
    const url = await until(
      'the gateway is up or dead',
      () => gateway.url ?? (gateway.isAlive ? null : 'DEAD'),
    );
    while (gateway.isAlive && url !== 'DEAD') {
      const [next] = this.#left;
      if (next === undefined) return;
      const answer = await ask<{ done: { errors: unknown[] } }>(url, next.query, next.variables).catch(
        () => null,
      );
      if (answer === null) continue;
      const errors = [...answer.errors, ...answer.data.done.errors];
      if (errors.length > 0) throw new Error(`An introduction was refused: ${JSON.stringify(errors)}`);
      this.#left.shift();
    }
  }
}

function* chunks<Item>(items: readonly Item[]): Iterable<readonly Item[]> {
  for (let at = 0; at < items.length; at += LISTS_AT_ONCE) yield items.slice(at, at + LISTS_AT_ONCE);
}

function connections(world: World): Mutation[] {
  return world.people.flatMap((person) =>
    [...world.sandboxes.values()].flatMap((sandbox) => {
      const owner = sandbox.credentialOf(person);
      const externalId = sandbox.externalUserIdOf(person);
      if (owner === null || externalId === null) return [];
      return [{ query: CONNECT, variables: { input: { source: sandbox.source, externalId, ...owner } } }];
    }),
  );
}
