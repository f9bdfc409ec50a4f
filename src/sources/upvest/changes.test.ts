import { readFileSync } from 'node:fs';

import { describe, expect, test } from 'vitest';

import { readEvent, splitDelivery } from './changes.ts';

const SAMPLE = readFileSync(new URL('./fixtures/event.json', import.meta.url), 'utf8');
const sample = JSON.parse(SAMPLE) as { readonly object: object; readonly [field: string]: unknown };
const read = (said: object) => readEvent(JSON.stringify({ ...sample, ...said }));
const about = (said: object) => read({ object: { ...sample.object, ...said } });

test("the document's event says which check, and what it says of it to the nanosecond", () => {
  expect(splitDelivery(SAMPLE)).toEqual([SAMPLE]);
  expect(readEvent(SAMPLE)).toEqual({
    unusable: null,
    hint: {
      externalUserId: '7b39529a-e68c-4688-8242-7549d10d6084',
      externalId: '32cbb9a2-dd3b-4e60-a5af-9b41460049dc',
      told: {
        eventId: '38fc59d0-fc42-46ef-9512-824773219b2e',
        occurredAt: '2021-11-19T13:06:57.820371265Z',
        status: 'APPROVED',
        reason: 'PASSED',
        sourceStatus: 'PASSED',
        outcome: null,
      },
    },
  });
});

describe('a body', () => {
  test('is one event, or a payload of several', () => {
    const events = splitDelivery(
      JSON.stringify({ payload: [sample, null, 'x', [], { ...sample, id: 'b' }] }),
    );
    expect(events.map((event) => readEvent(event).unusable)).toEqual([
      null,
      'NOT_AN_EVENT',
      'NOT_AN_EVENT',
      'NOT_AN_EVENT',
      null,
    ]);
    expect(splitDelivery('{"payload":[]}')).toEqual([]);
    expect(splitDelivery('{"payload":{}}')).toEqual(['{"payload":{}}']);
  });

  test.each([
    ['no JSON', 'NOT_JSON'],
    ['', 'NOT_JSON'],
    ['[]', 'NOT_AN_EVENT'],
    ['7', 'NOT_AN_EVENT'],
    ['{}', 'NOT_AN_EVENT'],
    ['{"payload":[1]}', 'TOO_MANY_EVENTS'],
  ])('%s is no event', (text, reason) => {
    expect(readEvent(text)).toEqual({ hint: null, unusable: reason });
  });

  test('nested without end is one event of no use', () => {
    const text = `{"payload":[${'['.repeat(200_000)}${']'.repeat(200_000)}]}`;
    const [event = '', ...more] = splitDelivery(text);
    expect(more).toEqual([]);
    expect(readEvent(event).hint).toBeNull();
  });
});

describe('an event', () => {
  test('of another type is of no use; of a check, whatever happened to it, it is a hint', () => {
    expect(read({ type: 'USER.CREATED' }).unusable).toBe('UNKNOWN_TYPE');
    expect(read({ type: 'toString' }).unusable).toBe('UNKNOWN_TYPE');
    expect(read({ type: 7 }).unusable).toBe('NOT_AN_EVENT');
    expect(read({ type: 'USER_CHECK.ARCHIVED' }).hint?.told?.sourceStatus).toBe('PASSED');
  });

  test('that does not say whose check it is is of no use', () => {
    for (const object of [
      null,
      [],
      'x',
      {},
      { id: 'a' },
      { id: 'a', user_id: '' },
      { user_id: 'x'.repeat(201) },
    ])
      expect(read({ object }).unusable).toBe('NAMES_NOBODY');
    expect(about({ id: null }).hint).toMatchObject({ externalId: null, told: null });
  });

  test('says the status by its type where its object does not, and nothing where the two differ', () => {
    expect(about({ status: undefined }).hint?.told).toMatchObject({ status: 'APPROVED' });
    expect(about({ status: 'FAILED' }).hint?.told).toBeNull();
    const created = (status?: string) =>
      read({ type: 'USER_CHECK.CREATED', object: { ...sample.object, status } }).hint?.told;
    expect(created('IN_PROGRESS')).toMatchObject({ status: 'PENDING', sourceStatus: 'IN_PROGRESS' });
    expect(created()).toBeNull();
  });

  test('without an id, or with a time that is none, is a hint all the same', () => {
    expect(read({ id: null }).hint).toMatchObject({ told: null });
    expect(read({ created_at: '2021-02-30T00:00:00Z' }).hint?.told).toMatchObject({ occurredAt: null });
  });
});
