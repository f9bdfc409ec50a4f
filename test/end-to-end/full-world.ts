import { until } from '../harness/until.ts';
import { World, type WorldOptions } from '../harness/world.ts';
import { expectedOf } from './holdings.ts';
import { type Given, walkList } from './read-list.ts';
import { readUsers } from './read-users.ts';

const LISTING = ['FINOGATES', 'FINX', 'ROCKETKOR'];
const SOURCES = [...LISTING, 'UPVEST', 'SUMVIN'];
/**
 * Finogates cannot be asked for one user, so that its scans alone bring what moved; users of Upvest are looked for
 * every quarter of what stands here. The others are read when they are asked for.
 */
const PACE = { FINOGATES_SCAN_S: '1', UPVEST_POLL_S: '2' };

/** Enough people that every oddity of every simulator is among them, but for one. */
const PEOPLE = 120;
/** Far more than it takes, for machines that do much else. */
const IN_STEP_MS = 60_000;

type Application = { readonly entities: readonly object[] };

interface FullWorldOptions extends WorldOptions {
  /** Changes what the simulators hold before anything is read of it. */
  readonly prepare?: (world: World) => void;
}

async function createOddWorld(options: FullWorldOptions = {}): Promise<World> {
  const { people = PEOPLE, settings = {}, prepare } = options;
  const world = await World.create({ people, settings: { ...PACE, ...settings } });
  const rocketkor = world.sandbox('ROCKETKOR');
  const [first, ...rest] = JSON.parse(JSON.stringify(rocketkor.records())) as Application[];
  const entities = first?.entities.map((entity) => ({ ...entity, createdAt: '2026-01-05T25:61:00Z' }));
  rocketkor.restore([{ ...first, entities }, ...rest]);
  prepare?.(world);
  return world;
}

/** A world whose people are linked, and of which the gateway has read everything. */
export async function createFullWorld(options: FullWorldOptions = {}): Promise<World> {
  const world = await createOddWorld(options);
  await world.start();
  await world.link();
  await untilInStep(world, SOURCES, []);
  return world;
}

/** A world in which nobody is linked: what the sources that list hold is read all the same. */
export async function createListedWorld(): Promise<World> {
  const world = await createOddWorld();
  await world.start();
  await untilInStep(world, LISTING, []);
  return world;
}

/** Several moves at every simulator, in one moment: no read falls between them. */
export function moveAll(world: World, times: number): void {
  for (const source of SOURCES) for (let left = times; left > 0; left -= 1) world.sandbox(source).move();
}

/** Reads these users live, and waits until that and the scans are in the store. */
export async function sync(world: World, users: readonly string[]): Promise<void> {
  await readUsers(world, users, 'LIVE', '{ verifications(first: 1) { nodes { id } } }');
  await untilInStep(world);
}

/** What differs in a record that moved. */
const MOVING = ['sourceStatus', 'createdAt', 'updatedAt', 'decidedAt'];

/** Waits until the lists hold every record of these sources, and say of each the same in these fields. */
export async function untilInStep(world: World, sources = SOURCES, fields = MOVING): Promise<void> {
  for (const source of sources) {
    await until(`the lists are in step with ${source}`, () => isInStep(world, source, fields), IN_STEP_MS);
  }
}

async function isInStep(world: World, source: string, names: readonly string[]): Promise<boolean> {
  const wordsOf = (record: Given) => JSON.stringify(names.map((name) => record[name]));
  const held = expectedOf(world).filter((record) => record.source === source);
  const told = new Map(held.map(({ externalId, fields }) => [externalId, wordsOf(fields)]));
  const { nodes } = await walkList(world, {
    list: 'verifications',
    pageSize: 200,
    filter: { sources: [source] },
    // By creation: what changes meanwhile does not move from page to page.
    orderBy: { field: 'CREATED_AT', direction: 'ASC' },
    selection: `{ externalId ${names.join(' ')} }`,
  });
  const isTold = (node: Given) => told.get(String(node['externalId'])) === wordsOf(node);
  return nodes.length === told.size && nodes.every(isTold);
}
