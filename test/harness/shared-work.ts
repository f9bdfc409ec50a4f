import type { World } from './world.ts';

/** Settings by which another gateway reaches the simulators under another name, so that its requests can be told apart. */
export function otherWay({ environment }: World): Readonly<Record<string, string>> {
  const urls = Object.entries(environment).filter(([, value]) => value.startsWith('http://127.0.0.1:'));
  return Object.fromEntries(urls.map(([name, value]) => [name, value.replace('127.0.0.1', 'localhost')]));
}

/** The names by which a simulator was reached since a request. */
export function waysOf(world: World, source: string, since: number): ReadonlySet<string> {
  const requests = world.sandbox(source).requests.slice(since);
  return new Set(requests.map(({ headers }) => String(headers['host']).split(':')[0] ?? ''));
}

/** How many leases each gateway holds that holds any, by the database. */
export async function sharesOf({ database }: Pick<World, 'database'>): Promise<readonly number[]> {
  const now = '(extract(epoch from clock_timestamp()) * 1000)';
  const rows = await database.run(
    `select holder, count(*)::int as leases from leases where until > ${now} group by holder order by leases`,
  );
  return rows.map((row) => Number(row['leases']));
}

/** Who holds which lease now. */
export async function holdersOf({ database }: Pick<World, 'database'>): Promise<ReadonlyMap<string, string>> {
  const now = '(extract(epoch from clock_timestamp()) * 1000)';
  const rows = await database.run(`select name, holder from leases where until > ${now}`);
  return new Map(rows.map((row) => [String(row['name']), String(row['holder'])]));
}
