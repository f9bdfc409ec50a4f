import type { StatusChange } from '#kyc/change';

import type { Heard } from './heard.ts';
import { type ListedSource, outcomeOf } from './listed-source.ts';
import type { TellingSource, ToldState } from './telling-source.ts';

type Rows = ReadonlyMap<string, readonly StatusChange[]>;

/** Within each record the rows are 1, 2, 3 ... and each effective one begins where the one before ended. */
export function faultsOfOrder(rows: Rows): readonly string[] {
  return [...rows].flatMap(([id, own]) => {
    let before: string | null = null;
    return own.flatMap((row, at) => {
      const faults = row.sequence === at + 1 ? [] : [`${id}: ${row.sequence} stands at ${at + 1}`];
      if (!row.effective) return faults;
      if (row.from !== before) faults.push(`${id}: from ${row.from} follows ${before}`);
      before = row.to;
      return faults;
    });
  });
}

/** Every event that was answered 200 is one row, or says what another row said before. */
export function faultsOfTold(
  rows: Rows,
  source: TellingSource,
  told: ReadonlyMap<string, ToldState>,
): readonly string[] {
  const events = Map.groupBy(told.values(), ({ check }) => check.verificationId);
  return source.checks.flatMap(({ verificationId, states }) => {
    const own = rows.get(verificationId) ?? [];
    const words = new Set(own.map(({ sourceStatus }) => sourceStatus));
    const ofEvent = Map.groupBy(own, ({ sourceEventId }) => sourceEventId);
    const faults = (events.get(verificationId) ?? []).flatMap(({ id, state }) => {
      const [row, ...more] = ofEvent.get(id) ?? [];
      if (more.length > 0) return [`${id} has ${more.length + 1} rows`];
      if (row !== undefined && row.sourceStatus !== state) return [`${id} is told otherwise`];
      return words.has(state) ? [] : [`${id} is lost`];
    });
    return [...faults, ...faultsOfStates(verificationId, own, states)];
  });
}

/** Effective rows tell of states that were, in the order in which they were; the last is the present one. */
function faultsOfStates(
  id: string,
  rows: readonly StatusChange[],
  states: readonly (string | null)[],
): readonly string[] {
  if (rows.length === 0) return states.length > 1 ? [`${id} was never heard of`] : [];
  const effective = rows.filter((row) => row.effective).map(({ sourceStatus }) => sourceStatus);
  const places = effective.map((word) => states.indexOf(word));
  const isInOrder = places.every((place, at) => place > (places[at - 1] ?? -1));
  const faults = isInOrder ? [] : [`${id}: states out of order`];
  return effective.at(-1) === states.at(-1) ? faults : [...faults, `${id}: not the last state`];
}

/** Every state that a completed read returned is a row of each record of its page, and none is that nobody read. */
export function faultsOfListed(rows: Rows, source: ListedSource): readonly string[] {
  const completed = Map.groupBy(source.completedReads(), ({ page }) => page);
  const all = Map.groupBy(source.reads, ({ page }) => page);
  return source.pages.flatMap((records, page) => {
    const owed = new Set((completed.get(page) ?? []).map(({ state }) => outcomeOf(state)));
    const read = [outcomeOf(0), ...(all.get(page) ?? []).map(({ state }) => outcomeOf(state))];
    return records.flatMap(({ verificationId: id }) => {
      const own = rows.get(id) ?? [];
      const heard = new Set(own.map(({ outcome }) => outcome));
      const lost = [...owed].filter((state) => !heard.has(state));
      const effective = own.filter((row) => row.effective).map(({ outcome }) => outcome ?? '');
      const places = effective.map((state) => read.indexOf(state));
      const isInOrder = places.every((place, at) => place > (places[at - 1] ?? -1));
      return [
        ...lost.map((state) => `${id}: ${state} is lost`),
        ...(isInOrder ? [] : [`${id}: states out of order`]),
        ...(effective.at(-1) === outcomeOf(source.states[page] ?? 0) ? [] : [`${id}: not the last state`]),
      ];
    });
  });
}

/** What a subscriber heard is, in the order of the log, what is meant for it, each once. */
export function faultsOfHeard(name: string, heard: Heard, owed: readonly string[]): readonly string[] {
  const faults = heard.faults.map((fault) => `${name}: ${fault}`);
  const at = owed.findIndex((key, index) => heard.keys[index] !== key);
  if (at >= 0) faults.push(`${name}: ${heard.keys[at] ?? 'nothing'} stands at ${at}, not ${owed[at]}`);
  if (heard.keys.length > owed.length) faults.push(`${name}: ${heard.keys.length - owed.length} too many`);
  return faults;
}
