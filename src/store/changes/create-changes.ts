import type { StatusChange, UserKycChange } from '#kyc/change';
import type { Instant } from '#kyc/instant';
import type { Sight } from '#kyc/sight';
import type { StoreContext } from '#store/context';
import type { Database } from '#store/database';
import type { LogEpoch } from '#store/epoch/log-epoch';

import type { ChangeReads, Changes } from './changes.ts';
import { readEnds } from './log-ends.ts';
import { countStatusChanges, pageStatusChanges } from './page-changes.ts';
import { readAnswerMoves, readStatusChanges, readUserKycChanges } from './read-changes.ts';
import { readEntries } from './read-entries.ts';

export function createChangeReads(database: Database): Omit<ChangeReads, 'epoch'> {
  return {
    head: async () => (await readEnds(database.read)).head,
    readStatusChanges: (query, sight) => readStatusChanges(database, query, sight),
    readUserKycChanges: (query, sight) => readUserKycChanges(database, query, sight),
    readAnswerMoves: (query, sight) => readAnswerMoves(database, query, sight),
    pageStatusChanges: (query, sight) => pageStatusChanges(database, query, sight),
    countStatusChanges: (filter, sight) => countStatusChanges(database, filter, sight),
    readAt: (position, sight) => readAt(database, position, sight),
  };
}

export function createChanges(
  { database, bulk }: Pick<StoreContext, 'database' | 'bulk'>,
  epoch: Pick<LogEpoch, 'present' | 'renew'>,
): Changes {
  return {
    ...createChangeReads(database),
    get epoch() {
      return epoch.present;
    },
    renewEpoch: () => epoch.renew(),
    readEntries: (query) => readEntries(database, query),
    forget: (observedBefore, limit) => bulk.run(() => forget(database, observedBefore, limit)),
  };
}

async function readAt(
  database: Database,
  position: number,
  sight: Sight,
): Promise<StatusChange | UserKycChange | null> {
  const { cut, head } = await readEnds(database.read);
  if (position <= cut || position > head) return null;
  const query = { after: position - 1, limit: 1 };
  const everything = { includeLate: true, includeBackfill: true };
  const found = [
    ...(await readStatusChanges(database, { ...query, filter: everything }, sight)).rows,
    ...(await readUserKycChanges(database, { ...query, filter: everything }, sight)).rows,
  ];
  return found.find((row) => row.position === position) ?? null;
}

/** The log has no holes and is cut at its old end alone, so what is held begins where its oldest row is. */
async function forget({ read, write }: Database, observedBefore: Instant, limit: number): Promise<number> {
  const oldest = await read
    .selectFrom('changes')
    .select(['position', 'observed_at'])
    .orderBy('position')
    .limit(limit + 1)
    .execute();
  const firstKept = oldest.findIndex((row) => row.observed_at >= observedBefore);
  // The row after them is the newest, or there are more.
  const last = oldest.slice(0, firstKept < 0 ? -1 : firstKept).at(-1);
  if (last === undefined) return 0;
  const { numDeletedRows } = await write
    .deleteFrom('changes')
    .where('position', '<=', last.position)
    .executeTakeFirst();
  return Number(numDeletedRows);
}
