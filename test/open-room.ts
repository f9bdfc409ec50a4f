import type { FetchedRecord } from '#kyc/fetched-record';
import type { SandboxPerson, SourceSandbox } from '#sources/sandbox';
import { createSandboxPeople } from '#sources/sandbox-people';
import type { ReadOptions, ScanPosition, Source, SourceRead, SourceRoom } from '#sources/source';

export const READ: ReadOptions = { pace: 'READ' };

/** A room reading from its own simulator. */
export interface OpenRoom extends AsyncDisposable {
  readonly source: Source;
  readonly sandbox: SourceSandbox;
  /** The settings by which the simulator is reached. */
  readonly environment: Readonly<Record<string, string>>;
  /** Those of the people who are known there. */
  readonly people: readonly SandboxPerson[];
}

export async function openRoom(
  room: SourceRoom,
  extra: Readonly<Record<string, string>> = {},
): Promise<OpenRoom> {
  const { id } = room.descriptor;
  const everybody = createSandboxPeople(90, [id]);
  // The simulator hears of strangers too, and must not know them.
  const people = everybody.filter((person) => person.number % 3 > 0);
  const known = new Set(people);
  const sandbox = room.createSandbox(
    everybody.map((one) => (known.has(one) ? one : { ...one, sources: [] })),
  );
  const environment = await sandbox.start();
  const source = openSource(room, { ...environment, ...extra });
  return {
    source,
    sandbox,
    environment,
    people,
    async [Symbol.asyncDispose]() {
      await source.close();
      await sandbox.close();
    },
  };
}

export function openSource(room: SourceRoom, environment: Readonly<Record<string, string>>): Source {
  const faults: string[] = [];
  const settings = room.readSettings(environment, faults);
  if (settings === null || faults.length > 0) throw new Error(`Settings refused: ${faults.join(' ')}`);
  return room.open(settings);
}

/** One documented way to read, for a person who is known there. Null where the source has no such way. */
export type Reader = (person: SandboxPerson, options: ReadOptions) => Promise<SourceRead | null>;

/** Every documented way to read that a source has, by name. */
export function readersOf({ source, sandbox }: OpenRoom): ReadonlyMap<string, Reader> {
  const readers = new Map<string, Reader>();
  const nameOf = (person: SandboxPerson) => sandbox.externalUserIdOf(person) ?? '';
  if (source.fetchPage)
    readers.set('page', async (_person, options) => (await source.fetchPage?.(null, options)) ?? null);
  if (source.fetchByUser) {
    readers.set(
      'user',
      async (person, options) => (await source.fetchByUser?.(nameOf(person), options)) ?? null,
    );
  }
  if (source.fetchById) {
    readers.set('id', async (person, options) => {
      const ref = { externalId: nameOf(person), externalUserId: nameOf(person) };
      return (await source.fetchById?.(ref, options)) ?? null;
    });
  }
  if (source.fetchByOwner) {
    readers.set('owner', async (person, options) => {
      const credential = sandbox.credentialOf(person);
      if (credential === null) throw new Error('The simulator gives no credential.');
      return (await source.fetchByOwner?.(nameOf(person), credential, options)) ?? null;
    });
  }
  return readers;
}

/** Everything that a source gives by a whole scan; null where it cannot be scanned. */
export async function scan({ source }: OpenRoom): Promise<readonly SourceRead[] | null> {
  if (source.fetchPage === undefined) return null;
  const pages: SourceRead[] = [];
  let position: ScanPosition | null = null;
  do {
    const page = await source.fetchPage(position, READ);
    pages.push(page);
    // A position is plain JSON: it must survive being stored.
    position = JSON.parse(JSON.stringify(page.next)) as ScanPosition | null;
    if (pages.length > 1000) throw new Error('The scan does not end.');
  } while (position !== null);
  return pages;
}

/** Everything that a source gives person by person, by user or by owner; null where neither is possible. */
export async function readEverybody(room: OpenRoom): Promise<readonly SourceRead[] | null> {
  const readers = readersOf(room);
  const reader = readers.get('user') ?? readers.get('owner');
  if (reader === undefined) return null;
  const reads = await Promise.all(room.people.map((person) => reader(person, READ)));
  return reads.filter((read) => read !== null);
}

export function recordsOf(reads: readonly SourceRead[]): readonly FetchedRecord[] {
  return reads.flatMap(({ records }) => records);
}

/** Texts that are equal when two payloads are, in an order of their own. */
export function sortedTexts(payloads: readonly unknown[]): readonly string[] {
  return payloads.map((payload) => JSON.stringify(payload)).toSorted();
}
