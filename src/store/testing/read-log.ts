import type { StatusChange, UserKycChange } from '#kyc/change';
import { SEES_ALL, type Sight } from '#kyc/sight';
import type { ChangeReads, ReadTo } from '#store/changes/changes';

const EVERYTHING = { includeLate: true, includeBackfill: true };
const LIMIT = 200;

/**
 * All that is left of the log after a position and is seen, rows about records and about answers in one order. What is
 * appended meanwhile is left to the next call: only one of the two reads may have met it.
 */
export async function readLog(
  { changes }: { readonly changes: ChangeReads },
  sight: Sight = SEES_ALL,
  start = 0,
): Promise<readonly (StatusChange | UserKycChange)[]> {
  const query = { limit: LIMIT, filter: EVERYTHING };
  const head = await changes.head();
  const ofRecords = await toTheEnd(start, (after) => changes.readStatusChanges({ ...query, after }, sight));
  const ofUsers = await toTheEnd(start, (after) => changes.readUserKycChanges({ ...query, after }, sight));
  const all = [...ofRecords, ...ofUsers].filter(({ position }) => position <= head);
  return all.toSorted((one, other) => one.position - other.position);
}

/** Every row of a read that goes on from where it came to. */
export async function toTheEnd<Row>(
  start: number,
  read: (after: number) => Promise<ReadTo<Row>>,
): Promise<readonly Row[]> {
  const all: Row[] = [];
  for (let after = start; ; ) {
    const { rows, reached } = await read(after);
    all.push(...rows);
    if (reached === after) return all;
    after = reached;
  }
}
