import { setImmediate } from 'node:timers/promises';

import { partsOf } from '#store/parts';

/** Items that are worked on before others on this thread get their turn: so few that the writer is not kept waiting. */
const AT_ONCE = 8;

/** `map` of each item, in order; whatever else waits on this thread gets its turn in between. */
export async function mapInTurns<Item, Result>(
  items: readonly Item[],
  map: (item: Item) => Result,
): Promise<Result[]> {
  const results: Result[] = [];
  for (const part of partsOf(items, AT_ONCE)) {
    if (results.length > 0) await setImmediate();
    results.push(...part.map(map));
  }
  return results;
}
