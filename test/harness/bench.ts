import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { SEES_ALL, type Sight } from '#kyc/sight';
import { type SourceId, sourceId } from '#kyc/source-id';
import type { User } from '#kyc/user';
import { createRequestReads } from '#loaders/checked-reads';
import { createLoaders } from '#loaders/create-loaders';
import type { LoaderDeps } from '#loaders/deps';
import type { LiveReader } from '#loaders/live-reader';
import type { Loaders } from '#loaders/loaders';
import { createLogger } from '#log';
import { rooms } from '#sources/index';
import type { SandboxPerson, SourceSandbox } from '#sources/sandbox';
import { createSandboxPeople } from '#sources/sandbox-people';
import type { Source } from '#sources/source';
import { openStore } from '#store/open-store';
import type { Store } from '#store/store';
import { Actions } from '#sync/actions';
import { scan } from '#sync/scan';
import { Sync } from '#sync/sync';

/** Lines that were logged, whole. */
export class LogLines {
  readonly lines: string[] = [];
  readonly log = createLogger('trace', { write: (line: string) => void this.lines.push(line) });
}

/** A store of its own and the five rooms on their simulators, without a server; the loops run when `sync.start` is called. */
export class Bench implements AsyncDisposable {
  readonly people: readonly SandboxPerson[];
  readonly sandboxes: readonly SourceSandbox[];
  readonly logged = new LogLines();
  readonly folder: string;
  readonly store: Store;
  readonly sources: readonly Source[];
  readonly sync: Sync;
  readonly actions: Actions;
  #before: ReadonlyMap<SourceId, number> = new Map();

  private constructor(
    of: Pick<Bench, 'people' | 'sandboxes' | 'folder'>,
    opened: Pick<Bench, 'store' | 'sources'>,
  ) {
    this.people = of.people;
    this.sandboxes = of.sandboxes;
    this.folder = of.folder;
    this.store = opened.store;
    this.sources = opened.sources;
    this.sync = new Sync(this.store, this.sources, this.logged.log);
    this.actions = new Actions(this.store, this.sources, this.sync);
  }

  /** By default nothing is read twice within a test but for what asks, and every copy is too old for FRESH. */
  static async create(options: { people?: number; settings?: Record<string, string> } = {}): Promise<Bench> {
    const ids = rooms.map(({ descriptor }) => descriptor.id);
    const people = createSandboxPeople(options.people ?? 6, ids);
    const sandboxes = rooms.map((room) => room.createSandbox(people));
    const reached = await Promise.all(sandboxes.map((sandbox) => sandbox.start()));
    const pace = { SCAN_S: '600', POLL_S: '600', RATE_PER_S: '1000', MAX_AGE_S: '0' };
    const own = ids.flatMap((id) => Object.entries(pace).map(([name, value]) => [`${id}_${name}`, value]));
    const environment = Object.assign(Object.fromEntries(own), ...reached, options.settings);
    const sources = rooms.map((room) => {
      const faults: string[] = [];
      const settings = room.readSettings(environment, faults);
      if (settings === null || faults.length > 0) throw new Error(`Settings refused: ${faults.join(' ')}`);
      return room.open(settings);
    });
    const folder = mkdtempSync(join(tmpdir(), 'kyc-gateway-'));
    const secretKey = new Uint8Array(32).fill(7);
    const store = await openStore(folder, { policy: 'strict', secretKey, sandbox: false });
    return new Bench({ people, sandboxes, folder }, { store, sources });
  }

  source(id: string): Source {
    return found(this.sources.find(({ descriptor }) => descriptor.id === id));
  }

  /** The simulator of a class, with what it can do beyond the others. */
  sandbox<Sandbox extends SourceSandbox>(of: new (...args: never[]) => Sandbox): Sandbox {
    return found(this.sandboxes.find((sandbox): sandbox is Sandbox => sandbox instanceof of));
  }

  /** A person who is known at all five sources. */
  get everywhere(): SandboxPerson {
    return found(this.people.find(({ sources }) => sources.length === rooms.length));
  }

  nameOf(person: SandboxPerson, id: string): string {
    const sandbox = this.sandboxes.find(({ source }) => source === id);
    return found(sandbox?.externalUserIdOf(person));
  }

  /** Links each person's identities and connects their credentials. */
  async link(): Promise<void> {
    const owned = this.people.flatMap((person) =>
      this.sandboxes.flatMap((sandbox) => {
        const credential = sandbox.credentialOf(person);
        const externalId = sandbox.externalUserIdOf(person);
        if (credential === null || externalId === null) return [];
        return [
          { identity: { source: sandbox.source, externalId }, ...credential, userId: null, by: 'test' },
        ];
      }),
    );
    const lists = this.people.map((person) =>
      this.sandboxes.flatMap((sandbox) => {
        const externalId = sandbox.externalUserIdOf(person);
        return externalId === null ? [] : [{ source: sandbox.source, externalId }];
      }),
    );
    await this.store.linkIdentities(lists, 'test');
    await Promise.all(owned.map((request) => this.actions.connectIdentity(request)));
  }

  /** Links everybody, and reads everything once. */
  async learnAll(): Promise<void> {
    await this.link();
    await Promise.all(
      this.sources.map(async (source) => {
        if (source.fetchPage !== undefined) return await this.scan(source.descriptor.id);
        if (source.fetchByUser === undefined) return;
        const { id } = source.descriptor;
        const known = this.people.filter(({ sources }) => sources.includes(id));
        for (const person of known) {
          await (await this.sync.live.fetchIdentity(id, this.nameOf(person, id))).learnt;
        }
      }),
    );
    this.forgetRequests();
  }

  /** One whole scan of a source. */
  async scan(id: string): Promise<void> {
    await scan(this.store, this.source(id), { signal: new AbortController().signal });
  }

  /** From here on `calls` counts anew. */
  forgetRequests(): void {
    this.#before = new Map(this.sandboxes.map(({ source, requests }) => [source, requests.length]));
  }

  /** Requests for data that a simulator got since `forgetRequests`: method and path with query. */
  calls(id: string): readonly string[] {
    const { requests } = found(this.sandboxes.find(({ source }) => source === id));
    return requests.slice(this.#before.get(sourceId(id)) ?? 0).map(({ method, url }) => `${method} ${url}`);
  }

  allCalls(): readonly string[] {
    return this.sandboxes.flatMap(({ source }) => this.calls(source));
  }

  /** The loaders of one request. */
  loaders(sight: Sight = SEES_ALL, readWaitMs = 600_000, live: LiveReader = this.sync.live): Loaders {
    const deps: LoaderDeps = {
      store: this.store,
      sources: this.sources,
      descriptors: rooms.map(({ descriptor }) => descriptor),
      live,
      readWaitMs,
      policy: 'strict',
      nextSyncAt: () => null,
    };
    const reads = createRequestReads(this.store, sight, (rows) => {
      throw new Error(`The store gave ${rows} rows too many.`);
    });
    return createLoaders(deps, reads);
  }

  async user(person: SandboxPerson): Promise<User> {
    const [source = ''] = person.sources;
    const ref = { source: sourceId(source), externalId: this.nameOf(person, source) };
    const [user] = await this.store.readUsersByIdentity([ref], SEES_ALL);
    return found(user);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.sync.stop();
    await Promise.all(this.sources.map((source) => source.close()));
    await Promise.all(this.sandboxes.map((sandbox) => sandbox.close()));
    await this.store.close();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** @throws Error for nothing */
export function found<Value>(value: Value | null | undefined): Value {
  if (value === null || value === undefined) throw new Error('There is none.');
  return value;
}
