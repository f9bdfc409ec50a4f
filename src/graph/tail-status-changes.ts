import type { StatusChange } from '#kyc/change';
import type { StatusChangeFilter } from '#kyc/change-filter';
import type { LogEntry } from '#store/changes/changes';

import { EVERY_CHANGE } from './change-list.ts';
import { interestOf } from './log-interest-of.ts';
import { type LogQuery, readKey } from './tail-log.ts';

/** Changes of verifications that fit a filter. */
export function statusChangesQuery(filter: StatusChangeFilter): LogQuery<StatusChange, StatusChange> {
  const fits = (entry: LogEntry) => fitsFilter(entry, filter);
  const keyOf = readKey('statusChanged', filter);
  return {
    read(query, { store: { changes }, sight, logTail }) {
      const read = () => changes.readStatusChanges({ ...query, filter }, sight);
      return sight === 'ALL' ? logTail.reads.read(keyOf(query), read) : read();
    },
    give: async (change) => change,
    async giveLater(change, { store, sight }) {
      // Who sees all sees no less later.
      if (sight === 'ALL') return change;
      const query = { after: change.position - 1, limit: 1, filter: EVERY_CHANGE };
      const { rows } = await store.changes.readStatusChanges(query, sight);
      return rows.find(({ position }) => position === change.position) ?? null;
    },
    interest: (caller) => interestOf(filter, fits, caller),
  };
}

function fitsFilter(entry: LogEntry, filter: StatusChangeFilter): boolean {
  const { sources, kinds, from, to, observedAt, includeLate, includeBackfill } = filter;
  const { source, kind } = entry;
  return (
    entry.type === 'STATUS' &&
    (includeLate === true || entry.effective) &&
    (includeBackfill === true || !entry.isBackfill) &&
    (sources === undefined || (source !== null && sources.includes(source))) &&
    (kinds === undefined || (kind !== null && kinds.includes(kind))) &&
    (from === undefined || (entry.from !== null && from.includes(entry.from))) &&
    (to === undefined || to.includes(entry.to)) &&
    (observedAt?.from == null || entry.observedAt >= observedAt.from) &&
    (observedAt?.before == null || entry.observedAt < observedAt.before)
  );
}
