import type { StatusChange } from '#kyc/change';
import type { StatusChangeFilter } from '#kyc/change-filter';
import type { LogEntry } from '#store/changes/changes';

import { interestOf } from './log-interest-of.ts';
import type { LogQuery } from './tail-log.ts';

/** Changes of verifications that fit a filter. */
export function statusChangesQuery(filter: StatusChangeFilter): LogQuery<StatusChange, StatusChange> {
  const fits = (entry: LogEntry) => fitsFilter(entry, filter);
  return {
    read: (query, { store, sight }) => store.changes.readStatusChanges({ ...query, filter }, sight),
    give: async (change) => change,
    async giveLater(change, { store, sight }) {
      // Who sees all sees no less later.
      if (sight === 'ALL') return change;
      const found = await store.changes.readAt(change.position, sight);
      return found !== null && 'verificationId' in found ? found : null;
    },
    interest: (context) => interestOf(filter, fits, context),
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
