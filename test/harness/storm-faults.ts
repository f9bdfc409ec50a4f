import type { StatusChange } from '#kyc/change';

import type { checkEvent } from './webhooks.ts';

type Event = ReturnType<typeof checkEvent>;

/** Where a log of one check differs from what happened there and what was told of it. Names words and ids of events. */
export function faultsOfLog(
  rows: readonly StatusChange[],
  happened: { readonly journal: readonly string[]; readonly told: readonly Event[] },
): readonly string[] {
  const effective = rows.filter((row) => row.effective);
  const words = effective.map(({ sourceStatus }) => sourceStatus ?? '');
  const faults = [
    ...rows.flatMap((row, at) => (row.sequence === at + 1 ? [] : [`${row.sequence} stands at ${at + 1}`])),
    ...effective.flatMap((row, at) => {
      const before = effective[at - 1]?.to ?? null;
      return row.from === before ? [] : [`from ${row.from} follows ${before}`];
    }),
    ...words.flatMap((word, at) => (word === words[at - 1] ? [`${word} twice`] : [])),
  ];
  if (!isWithin(words, happened.journal)) faults.push(`${words.join()} is not in what happened`);
  if (happened.told.length > 0 && words.at(-1) !== happened.journal.at(-1)) faults.push('not the last state');
  return [...faults, ...happened.told.flatMap((event) => faultsOfEvent(event, rows))];
}

function faultsOfEvent(event: Event, rows: readonly StatusChange[]): readonly string[] {
  const own = rows.filter(({ sourceEventId }) => sourceEventId === event.id);
  const status = String(event.object.status);
  if (own.length > 1) return [`${event.id} has ${own.length} rows`];
  if (own.length === 0)
    return rows.some(({ effective, sourceStatus }) => effective && sourceStatus === status)
      ? []
      : [`${event.id} is lost`];
  const isTold = own.every(
    ({ sourceStatus, occurredAt }) =>
      sourceStatus === status && Date.parse(occurredAt ?? '') === Date.parse(event.created_at),
  );
  return isTold ? [] : [`${event.id} is told otherwise`];
}

/** True when all of these stand in that list, in their order. */
function isWithin(words: readonly string[], list: readonly string[]): boolean {
  let at = 0;
  for (const one of list) if (one === words[at]) at += 1;
  return at === words.length;
}
