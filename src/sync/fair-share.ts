import type { Lease, LeaseView } from '#store/leases/leases';

/** Who holds much leaves a free lease to who holds less for so long. */
const COURTESY_MS = 2000;

/** What one gateway sees of the others. */
export interface Neighbourhood extends LeaseView {
  readonly self: string;
  /** Names of what this gateway holds now, which the view may not show yet. */
  readonly held: ReadonlySet<string>;
}

/**
 * Whether this gateway is to take a free lease: at once if no other that could work on it holds fewer; else when that one
 * does not come.
 */
export function mayTake(seen: Neighbourhood, name: string): boolean {
  const lease = seen.leases.find((one) => one.name === name);
  if (lease === undefined || lease.holder === seen.self) return true;
  if (!isFree(lease, seen)) return false;
  const isPoorest = others(seen, name).every(({ holds }) => holds >= seen.held.size);
  return isPoorest || seen.atMs - lease.untilMs >= COURTESY_MS;
}

/**
 * What of its own this gateway is to give to another, one at a time: while another that could work on it holds at least
 * two fewer, with what is free already counted as theirs. Null for nothing.
 */
export function toHandBack(seen: Neighbourhood, isIdle: (name: string) => boolean): string | null {
  const free = seen.leases.filter((lease) => isFree(lease, seen)).length;
  const names = [...seen.held].filter((name) =>
    others(seen, name).some(({ holds }) => holds + free + 2 <= seen.held.size),
  );
  return names.find(isIdle) ?? names[0] ?? null;
}

function isFree({ name, untilMs }: Lease, { atMs, held }: Neighbourhood): boolean {
  return untilMs <= atMs && !held.has(name);
}

function others(seen: Neighbourhood, name: string): readonly { holds: number }[] {
  return seen.gateways
    .filter(({ id, worksOn }) => id !== seen.self && worksOn.includes(name))
    .map(({ id }) => ({
      holds: seen.leases.filter(({ holder, untilMs }) => holder === id && untilMs > seen.atMs).length,
    }));
}
