import { isDeepStrictEqual } from 'node:util';

import { expect } from 'vitest';

import type { ExpectedRecord } from './expected/expected-record.ts';
import { keyOf } from './holdings.ts';
import type { Given } from './read-list.ts';

/** The ids of users, by `SOURCE externalId`. */
export type Users = ReadonlyMap<string, string>;

const FINAL: ReadonlySet<unknown> = new Set(['APPROVED', 'REJECTED', 'EXPIRED', 'CANCELLED']);

/** Each record once and no other, each in every field; what only the gateway knows is looked at apart. */
export function compareRecords(
  given: readonly Given[],
  expected: readonly ExpectedRecord[],
  users: Users,
  via = 'STORE',
) {
  const out = byKey(given.map(withoutOwnKnowledge));
  const held = byKey(expected.map((record) => withUsers(record, users, via)));
  expect(given.map(({ id }) => id).toSorted()).toEqual([...new Set(given.map(({ id }) => id))].toSorted());
  expect(Object.keys(out).toSorted()).toEqual(Object.keys(held).toSorted());
  expect(given).toHaveLength(expected.length);
  // One by one: a difference in a few records shows those and no others.
  const differing = Object.keys(held).filter((key) => !isDeepStrictEqual(out[key], held[key]));
  expect(only(out, differing)).toEqual(only(held, differing));
  expect(differing).toEqual([]);
}

/** The times that the gateway gives itself: learnt since `since`; a status stands since the source's own time. */
export function compareOwnTimes(given: readonly Given[], since: string, before: readonly Given[] = []): void {
  const earlier = new Map(before.map((record) => [record['id'], record]));
  const now = new Date().toISOString();
  const saysTheSame = (one: Given, other: Given | undefined) =>
    one['status'] === other?.['status'] && one['statusReason'] === other?.['statusReason'];
  for (const record of given) {
    const past = earlier.get(record['id']);
    const { status, decidedAt, updatedAt, lastChangedAt, statusSince } = record;
    const bySource = (FINAL.has(status) ? decidedAt : null) ?? updatedAt;
    const name = `${String(record['source'])} ${String(record['externalId'])}`;
    expect(statusSince, name).toBe(
      saysTheSame(record, past) ? past?.['statusSince'] : (bySource ?? lastChangedAt),
    );
    const from = saysTheSame(record, past) ? String(past?.['lastChangedAt']) : since;
    expect(String(lastChangedAt) >= from && String(lastChangedAt) <= now, name).toBe(true);
    const observedAt = observedAtOf(record);
    expect(observedAt >= since && observedAt <= now, name).toBe(true);
  }
}

export function observedAtOf(record: Given): string {
  return String(objectOf(record['provenance'])['observedAt']);
}

/** An object of an answer, by its fields. */
export function objectOf(value: unknown): Given {
  return typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value)) : {};
}

function withoutOwnKnowledge(record: Given): Given {
  const { id: _id, lastChangedAt: _changed, statusSince: _since, ...rest } = record;
  const { observedAt: _observed, ...provenance } = objectOf(record['provenance']);
  const faults = [...(record['faults'] as { path: string }[])];
  return { ...rest, provenance, faults: faults.toSorted((one, other) => (one.path < other.path ? -1 : 1)) };
}

function withUsers(record: ExpectedRecord, users: Users, via: string): Given {
  const userOf = (externalId: string) => {
    const id = users.get(`${record.source} ${externalId}`);
    return id === undefined ? null : { id };
  };
  const entities = record.fields['entities'];
  return {
    ...record.fields,
    user: userOf(record.externalUserId),
    provenance: { source: record.source, via, stale: false },
    ...(Array.isArray(entities) && {
      entities: entities.map((entity: object, index) => ({
        ...entity,
        user: userOf(record.entityAccounts[index] ?? ''),
      })),
    }),
  };
}

function only(
  records: Readonly<Record<string, Given>>,
  keys: readonly string[],
): readonly (Given | undefined)[] {
  return keys.map((key) => records[key]);
}

function byKey(records: readonly Given[]): Record<string, Given> {
  return Object.fromEntries(
    records.map((record) => [
      keyOf({ source: String(record['source']), externalId: String(record['externalId']) }),
      record,
    ]),
  );
}
