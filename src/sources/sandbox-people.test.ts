import { expect, test } from 'vitest';

import { sourceId } from '#kyc/source-id';

import { createSandboxPeople } from './sandbox-people.ts';

const sources = ['A', 'B', 'C', 'D', 'E'].map(sourceId);
const people = createSandboxPeople(240, sources);

test('invents the same people every time, however many are asked for', () => {
  expect(createSandboxPeople(20, sources)).toEqual(people.slice(0, 20));
});

test('knows people at one to all sources, at least twenty at all', () => {
  const bySize = Map.groupBy(people, (person) => person.sources.length);
  expect([...bySize.keys()].toSorted()).toEqual([1, 2, 3, 4, 5]);
  expect(bySize.get(5)?.length).toBeGreaterThanOrEqual(20);
  for (const source of sources) {
    expect(people.filter((person) => person.sources.includes(source)).length).toBeGreaterThan(100);
  }
});

test('knows a person at no source twice, in the order of the registry', () => {
  for (const person of people)
    expect(person.sources).toEqual(sources.filter((id) => person.sources.includes(id)));
});

test('gives everybody a number, an address and a document of their own, but lets names be shared', () => {
  for (const field of ['number', 'email', 'documentNumber'] as const) {
    expect(new Set(people.map((person) => person[field])).size).toBe(people.length);
  }
  expect(new Set(people.map((person) => `${person.givenName} ${person.familyName}`)).size).toBeLessThan(240);
});

test('writes names in several scripts and days of birth that exist', () => {
  for (const script of [/\p{Script=Latin}/u, /\p{Script=Han}/u, /\p{Script=Arabic}/u, /\p{Script=Greek}/u]) {
    expect(people.some((person) => script.test(person.familyName))).toBe(true);
  }
  for (const { dateOfBirth } of people) {
    expect(Temporal.PlainDate.from(dateOfBirth, { overflow: 'reject' }).toString()).toBe(dateOfBirth);
  }
});
