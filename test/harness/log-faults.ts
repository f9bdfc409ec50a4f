import type { ChangeTable } from '../../src/store/tables.ts';
import type { StoreSnapshot } from './store-snapshot.ts';

/**
 * What a store at rest may never show, whatever happened to the gateways that wrote it: a line for each fault. Holes
 * and doubles in the log, a subject whose log does not begin with one row from null or does not lead to what is stored.
 */
export function faultsOfStore(store: StoreSnapshot): readonly string[] {
  const faults: string[] = [];
  if (store.integrity !== 'ok') faults.push(`the file is damaged: ${store.integrity}`);
  store.changes.forEach(({ position }, index) => {
    if (position !== index + 1) faults.push(`position ${position} stands where ${index + 1} should`);
  });
  const logs = Map.groupBy(store.changes, ({ type, subject_id }) => `${type} ${subject_id}`);
  for (const [subject, log] of logs) faults.push(...faultsOfLog(subject, log));
  for (const row of store.verifications) {
    const log = logs.get(`STATUS ${row.id}`) ?? [];
    const last = log.findLast(({ effective }) => effective === 1);
    if (log.length !== row.sequence) faults.push(`${row.id} has ${row.sequence} rows, its log ${log.length}`);
    if (last?.to_status !== row.status) faults.push(`${row.id} is ${row.status}, its log says otherwise`);
  }
  for (const row of store.users) {
    const log = logs.get(`USER ${row.id}`) ?? [];
    if (log.length !== row.kyc_sequence)
      faults.push(`${row.id} has ${row.kyc_sequence} rows, not ${log.length}`);
    if (log.at(-1)?.to_status !== row.status)
      faults.push(`${row.id} is ${row.status}, its log says otherwise`);
  }
  return [...faults, ...strangersIn(store, logs.keys())];
}

/** Every row of the log is about somebody, and every identity has its user. */
function strangersIn(store: StoreSnapshot, subjects: Iterable<string>): string[] {
  const users = new Set(store.users.map(({ id }) => id));
  const known = new Set([
    ...store.verifications.map(({ id }) => `STATUS ${id}`),
    ...[...users, ...store.aliases.map(({ alias_id }) => alias_id)].map((id) => `USER ${id}`),
  ]);
  const strangers = [...subjects].filter((subject) => !known.has(subject));
  const orphans = store.identities.filter(({ user_id }) => !users.has(user_id));
  return [
    ...strangers.map((subject) => `${subject} is in the log alone`),
    ...orphans.map(({ source, external_id }) => `${source} ${external_id} has no user`),
  ];
}

function faultsOfLog(subject: string, log: readonly ChangeTable[]): string[] {
  const faults: string[] = [];
  let before: string | null = null;
  log.forEach((row, index) => {
    if (row.sequence !== index + 1) faults.push(`${subject}: sequence ${row.sequence} at place ${index + 1}`);
    if (row.effective === 0) return;
    if (row.from_status !== before) faults.push(`${subject}: from ${row.from_status} after ${before}`);
    if (index > 0 && row.from_status === null) faults.push(`${subject}: a second first sight`);
    before = row.to_status;
  });
  return faults;
}
