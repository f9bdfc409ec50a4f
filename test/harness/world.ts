import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { type Gateway, startGateway } from '#gateway';
import { createLogger } from '#log';
import { readSettings } from '#settings';
import { rooms } from '#sources/index';
import type { SandboxPerson, SourceSandbox } from '#sources/sandbox';
import { createSandboxPeople } from '#sources/sandbox-people';
import type { TestDatabase } from '#store/testing/postgres-databases';

import { type Answer, ask } from './ask.ts';

export interface WorldOptions {
  /** How many invented people stand behind the simulators. */
  readonly people?: number;
  /** Gives the invented people other values. */
  readonly disguise?: (person: SandboxPerson) => SandboxPerson;
  /** Settings beside the simulators' own; by default nothing is scanned or polled twice within a test. */
  readonly settings?: Readonly<Record<string, string>>;
  /** POSTGRES: a database of its own on the server to test on. By default what TEST_STORE says, else SQLITE. */
  readonly store?: 'SQLITE' | 'POSTGRES';
}

const SECRET_KEY = Buffer.alloc(32, 7).toString('base64');

/** The five simulators, a folder for a store, and a gateway on them as if they were real sources. */
export class World implements AsyncDisposable {
  readonly people: readonly SandboxPerson[];
  readonly sandboxes: ReadonlyMap<string, SourceSandbox>;
  readonly folder = mkdtempSync(join(tmpdir(), 'kyc-gateway-'));
  #environment: Readonly<Record<string, string>> = {};
  #database: TestDatabase | null = null;
  #gateway: Gateway | null = null;
  readonly #others: Gateway[] = [];

  private constructor(people: readonly SandboxPerson[]) {
    this.people = people;
    this.sandboxes = new Map(rooms.map((room) => [room.descriptor.id, room.createSandbox(people)]));
  }

  /** Starts the simulators; the gateway is started by `start`. */
  static async create(options: WorldOptions = {}): Promise<World> {
    const ids = rooms.map(({ descriptor }) => descriptor.id);
    const people = createSandboxPeople(options.people ?? 40, ids);
    const { disguise = (person: SandboxPerson) => person } = options;
    const world = new World(people.map(disguise));
    const own = await Promise.all([...world.sandboxes.values()].map((sandbox) => sandbox.start()));
    const quiet = rooms.flatMap(({ descriptor: { id }, variables }) =>
      [`${id}_SCAN_S`, `${id}_POLL_S`, `${id}_RATE_PER_S`]
        .filter((name) => variables.includes(name))
        .map((name) => [name, '600']),
    );
    const database = await world.#makeDatabase(options.store ?? storeByDefault());
    world.#environment = Object.assign(Object.fromEntries(quiet), ...own, database, options.settings);
    return world;
  }

  /** The settings by which a gateway reaches the simulators, as environment variables. */
  get environment(): Readonly<Record<string, string>> {
    return { ...this.#environment, DATA_DIR: this.folder, PORT: '0', LOG_LEVEL: logLevel() };
  }

  sandbox(source: string): SourceSandbox {
    const sandbox = this.sandboxes.get(source);
    if (sandbox === undefined) throw new TypeError('No such simulator.');
    return sandbox;
  }

  /** Starts (or, after `stop`, starts again) the gateway on this world's folder. */
  async start(overrides: Readonly<Record<string, string>> = {}): Promise<void> {
    const settings = readSettings({ ...this.environment, ...overrides }, rooms);
    this.#gateway = await startGateway(settings, createLogger(settings.logLevel));
  }

  /** Starts one more gateway on the same database. Ended with the world, if not before. @returns where it answers */
  async startAnother(overrides: Readonly<Record<string, string>> = {}): Promise<Gateway> {
    if (this.#database === null) throw new TypeError('Gateways share a store on PostgreSQL only.');
    const settings = readSettings({ ...this.environment, ...overrides }, rooms);
    const gateway = await startGateway(settings, createLogger(settings.logLevel));
    this.#others.push(gateway);
    return gateway;
  }

  /** The database of a world on PostgreSQL. */
  get database(): TestDatabase {
    if (this.#database === null) throw new TypeError('This world is not on PostgreSQL.');
    return this.#database;
  }

  async #makeDatabase(store: 'SQLITE' | 'POSTGRES'): Promise<Record<string, string>> {
    if (store === 'SQLITE') return {};
    const { createTestDatabase } = await import('#store/testing/postgres-databases');
    this.#database = await createTestDatabase();
    return { DATABASE_URL: this.#database.url, KYC_SECRET_KEY: SECRET_KEY };
  }

  async stop(): Promise<void> {
    await this.#gateway?.close();
    this.#gateway = null;
  }

  get url(): string {
    if (this.#gateway === null) throw new TypeError('The gateway is not started.');
    return this.#gateway.url;
  }

  ask<Data = Record<string, unknown>>(
    query: string,
    variables: Record<string, unknown> = {},
  ): Promise<Answer<Data>> {
    return ask<Data>(this.url, query, variables);
  }

  /** Joins each person's identities, and connects the credentials of those who are read by them. */
  async link(): Promise<void> {
    const links = this.people.map((person) => this.identitiesOf(person)).filter((list) => list.length > 0);
    await this.ask(
      'mutation ($links: [[IdentityInput!]!]!) { linkIdentities(input: { links: $links }) { errors { code } } }',
      { links },
    );
    for (const person of this.people) {
      for (const sandbox of this.sandboxes.values()) {
        const owner = sandbox.credentialOf(person);
        const externalId = sandbox.externalUserIdOf(person);
        if (owner === null || externalId === null) continue;
        const input = { source: sandbox.source, externalId, ...owner };
        await this.ask(
          'mutation ($input: ConnectIdentityInput!) { connectIdentity(input: $input) { errors { code } } }',
          { input },
        );
      }
    }
  }

  identitiesOf(person: SandboxPerson): { source: string; externalId: string }[] {
    return [...this.sandboxes.values()].flatMap((sandbox) => {
      const externalId = sandbox.externalUserIdOf(person);
      return externalId === null ? [] : [{ source: sandbox.source, externalId }];
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
    for (const gateway of this.#others) await gateway.close();
    await this.#database?.drop();
    await Promise.all([...this.sandboxes.values()].map((sandbox) => sandbox.close()));
    rmSync(this.folder, { recursive: true, force: true });
  }
}

function storeByDefault(): 'SQLITE' | 'POSTGRES' {
  return process.env['TEST_STORE'] === 'postgres' ? 'POSTGRES' : 'SQLITE';
}

/** What TEST_LOG_LEVEL says, for a run whose output is looked through. */
function logLevel(): string {
  return process.env['TEST_LOG_LEVEL'] ?? 'silent';
}
