import { expect, test } from 'vitest';

import { foldWord } from '#kyc/status';
import { createSandboxPeople } from '#sources/sandbox-people';

import { normalizeCheck, statusMap, UPVEST } from './normalize.ts';
import { UpvestSandbox } from './sandbox.ts';

const people = createSandboxPeople(200, [UPVEST]);
const read = (sandbox: UpvestSandbox) =>
  sandbox.records().map((raw) => {
    const record = normalizeCheck(raw, raw.user_id);
    if (record?.verification.kind !== 'CHECK') throw new Error('A check that cannot be identified.');
    return record.verification;
  });

test('holds the same checks every time, one to four a person, each under an id of its own', () => {
  const sandbox = new UpvestSandbox(people);
  expect(sandbox.records()).toEqual(new UpvestSandbox(people).records());
  const sizes = [...Map.groupBy(sandbox.records(), (check) => check.user_id).values()].map(
    ({ length }) => length,
  );
  expect([...new Set(sizes)].toSorted()).toEqual([1, 2, 3, 4]);
  expect(new Set(sandbox.records().map(({ id }) => id)).size).toBe(sandbox.records().length);
});

test('holds nothing of people who are not known there', () => {
  const strangers = people.map((person) => ({ ...person, sources: [] }));
  expect(new UpvestSandbox(strangers).records()).toEqual([]);
});

test('holds every type, every status, refreshes, lapsed documents and ugly rows', () => {
  const checks = read(new UpvestSandbox(people));
  expect(new Set(checks.map(({ details }) => details.type)).size).toBe(5);
  expect(new Set(checks.map(({ status }) => status))).toEqual(
    new Set(['PENDING', 'APPROVED', 'REJECTED', 'UNKNOWN']),
  );
  const words = checks.map(({ sourceStatus }) => sourceStatus);
  for (const { sourceStatus } of statusMap) expect(words).toContain(sourceStatus);
  expect(checks.some(({ details, status }) => details.isUpdate === true && status === 'PENDING')).toBe(true);
  expect(checks.some(({ documentExpiresOn }) => (documentExpiresOn ?? '9') < '2026')).toBe(true);
  expect(checks.filter(({ faults }) => faults.length > 0).length).toBeGreaterThan(5);
  expect(checks.filter(({ status }) => status === 'UNKNOWN').length).toBeLessThan(checks.length / 20);
});

test('moves one to three checks at a time, for ever, by documented words alone', () => {
  const sandbox = new UpvestSandbox(people);
  const known = new Set(statusMap.map(({ sourceStatus }) => foldWord(sourceStatus)));
  for (let turn = 0; turn < 100; turn += 1) {
    const before = new Map(sandbox.records().map(({ id, status }) => [id, status]));
    sandbox.move();
    const changed = sandbox.records().filter(({ id, status }) => before.get(id) !== status);
    expect(changed.length).toBeGreaterThanOrEqual(1);
    expect(changed.length).toBeLessThanOrEqual(3);
    for (const { status } of changed) expect(known).toContain(foldWord(String(status)));
  }
  const open = read(sandbox).filter(({ status }) => status === 'PENDING').length;
  expect(open).toBeGreaterThan(0);
});

test('goes on from the records of an earlier run', () => {
  const earlier = new UpvestSandbox(people);
  for (let turn = 0; turn < 20; turn += 1) earlier.move();
  const held: unknown = JSON.parse(JSON.stringify(earlier.records()));
  const later = new UpvestSandbox(people);
  expect(JSON.parse(JSON.stringify(later.records()))).not.toEqual(held);
  later.restore(held as unknown[]);
  expect(JSON.parse(JSON.stringify(later.records()))).toEqual(held);
  later.move();
  expect(JSON.parse(JSON.stringify(earlier.records()))).toEqual(held);
});
