import { expect, test } from 'vitest';

import { createSandboxPeople } from '#sources/sandbox-people';

import { normalizeDetails, SUMVIN, statusMap } from './normalize.ts';
import { SumvinSandbox } from './sandbox.ts';

const people = createSandboxPeople(200, [SUMVIN]);
const read = (sandbox: SumvinSandbox) =>
  sandbox.records().map((raw, index) => {
    const details = normalizeDetails(raw, String(index));
    if (details === null) throw new Error('A record that cannot be identified.');
    return { ...details.record.verification, owner: details.owner };
  });

test('holds the same record of everybody every time, each owner under a token and a link of their own', () => {
  const sandbox = new SumvinSandbox(people);
  expect(sandbox.records()).toEqual(new SumvinSandbox(people).records());
  expect(sandbox.records()).toHaveLength(people.length);
  expect(new Set(people.map((person) => sandbox.credentialOf(person)?.credential)).size).toBe(people.length);
  expect(new Set(read(sandbox).map(({ owner }) => owner)).size).toBe(people.length);
});

test('holds nothing of people who are not known there', () => {
  const strangers = people.map((person) => ({ ...person, sources: [] }));
  const sandbox = new SumvinSandbox(strangers);
  expect(sandbox.records()).toEqual([]);
  expect(strangers.map((person) => sandbox.credentialOf(person)).every((owner) => owner === null)).toBe(true);
});

test('holds every status, a contradiction, nulls and ugly fields', () => {
  const records = read(new SumvinSandbox(people));
  const words = records.map(({ sourceStatus }) => sourceStatus);
  for (const { sourceStatus } of statusMap) expect(words).toContain(sourceStatus);
  const reasons = new Set(records.map(({ reason }) => reason));
  expect(reasons).toContain('INCONSISTENT_UPSTREAM');
  expect(reasons).toContain('STATUS_UNRECOGNISED');
  expect(records.some(({ faults }) => faults.length > 0)).toBe(true);
  expect(records.some(({ canRetry, status }) => status === 'REJECTED' && canRetry === true)).toBe(true);
  expect(records.some(({ canRetry, status }) => status === 'REJECTED' && canRetry === false)).toBe(true);
});

test('moves one to three records at a time, for ever, and never into a contradiction', () => {
  const sandbox = new SumvinSandbox(people);
  const contradictions = () =>
    read(sandbox).filter(({ reason }) => reason === 'INCONSISTENT_UPSTREAM').length;
  const atStart = contradictions();
  for (let turn = 0; turn < 40; turn += 1) {
    const before = read(sandbox).map(({ sourceStatus }) => sourceStatus);
    sandbox.move();
    const changed = read(sandbox).filter(({ sourceStatus }, index) => before[index] !== sourceStatus);
    expect(changed.length).toBeGreaterThanOrEqual(1);
    expect(changed.length).toBeLessThanOrEqual(3);
  }
  expect(contradictions()).toBeLessThanOrEqual(atStart);
});

test('goes on from the records of an earlier run', () => {
  const earlier = new SumvinSandbox(people);
  for (let turn = 0; turn < 20; turn += 1) earlier.move();
  const held: unknown = JSON.parse(JSON.stringify(earlier.records()));
  const later = new SumvinSandbox(people);
  expect(JSON.parse(JSON.stringify(later.records()))).not.toEqual(held);
  later.restore(held as unknown[]);
  expect(JSON.parse(JSON.stringify(later.records()))).toEqual(held);
  later.move();
  expect(JSON.parse(JSON.stringify(earlier.records()))).toEqual(held);
});
