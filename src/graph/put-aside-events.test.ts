import { describe, expect, test } from 'vitest';

import { LOCAL_OPERATOR } from '#access/principal';
import { putAsideEventId } from '#kyc/id';
import { fromEpochSeconds } from '#kyc/instant';
import type { PutAsideEvent } from '#store/webhook-events/webhook-events';

import { createFakeContext, type FakeWorld } from './testing/fake-context.ts';
import { ALPHA, BETA } from './testing/records.ts';

const event = (id: string, said: Partial<PutAsideEvent> = {}): PutAsideEvent => ({
  id,
  source: ALPHA,
  receivedAt: fromEpochSeconds(1_700_000_000) as PutAsideEvent['receivedAt'],
  reason: 'UNKNOWN_TYPE',
  attempts: 1,
  ...said,
});
const putAside = [event('a'), event('b', { source: BETA, reason: 'NOT_AT_SOURCE', attempts: 9 }), event('c')];
const ask = (world: FakeWorld = {}) => createFakeContext({ putAside, ...world });
const LIST = '{ putAsideEvents { totalCount nodes { id source receivedAt reason attempts } } }';
const REPLAY = `mutation ($ids: [ID!]!) {
  replayPutAsideEvents(input: { ids: $ids }) { replayed errors { code path } }
}`;

describe('events that were put aside', () => {
  test('are listed, paged and found by id', async () => {
    const context = ask();
    const { data } = await context.ask(LIST);
    expect(data.putAsideEvents.totalCount).toBe(3);
    expect(data.putAsideEvents.nodes[1]).toEqual({
      id: putAsideEventId('b'),
      source: BETA,
      receivedAt: '2023-11-14T22:13:20.000Z',
      reason: 'NOT_AT_SOURCE',
      attempts: 9,
    });
    const first = await context.ask(
      '{ putAsideEvents(first: 2) { edges { cursor } pageInfo { hasNextPage } } }',
    );
    expect(first.data.putAsideEvents.pageInfo.hasNextPage).toBe(true);
    const after = first.data.putAsideEvents.edges[1].cursor as string;
    const PAGE =
      'query ($after: String, $source: Source) { putAsideEvents(after: $after, source: $source) { nodes { id } } }';
    const next = await context.ask(PAGE, { after });
    expect(next.data.putAsideEvents.nodes).toEqual([{ id: putAsideEventId('c') }]);
    const elsewhere = await context.ask(PAGE, { after, source: BETA });
    expect(elsewhere.errors[0]?.extensions['code']).toBe('BAD_USER_INPUT');
    const ofBeta = await context.ask(PAGE, { source: BETA });
    expect(ofBeta.data.putAsideEvents.nodes).toEqual([{ id: putAsideEventId('b') }]);
    const node = await context.ask(
      `{ node(id: "${putAsideEventId('b')}") { id ... on PutAsideEvent { reason } } }`,
    );
    expect(node.data.node).toEqual({ id: putAsideEventId('b'), reason: 'NOT_AT_SOURCE' });
  });

  test('are nobody’s but the operator’s', async () => {
    const { ask: askAs, calls } = ask({
      principal: { ...LOCAL_OPERATOR, kind: 'ANALYST', scopes: ['kyc:operate', 'kyc:status'] },
    });
    expect((await askAs(LIST)).errors[0]?.extensions['code']).toBe('FORBIDDEN');
    expect((await askAs(REPLAY, { ids: [putAsideEventId('a')] })).errors[0]?.extensions['code']).toBe(
      'FORBIDDEN',
    );
    expect((await askAs(`{ node(id: "${putAsideEventId('a')}") { id } }`)).data.node).toBeNull();
    expect(calls).toEqual([]);
  });
});

describe('a replay', () => {
  test('tells which are worked on again, and which are nothing that is put aside', async () => {
    const { ask: askIt, entries } = ask();
    const ids = [putAsideEventId('a'), putAsideEventId('gone'), 'rubbish', putAsideEventId('c')];
    const { data } = await askIt(REPLAY, { ids });
    expect(data.replayPutAsideEvents).toEqual({
      replayed: [putAsideEventId('a'), putAsideEventId('c')],
      errors: [
        { code: 'NOT_FOUND', path: ['ids', '1'] },
        { code: 'NOT_FOUND', path: ['ids', '2'] },
      ],
    });
    expect(entries).toMatchObject([
      { action: 'REPLAY', fields: ['Mutation.replayPutAsideEvents'], decision: 'ALLOWED' },
    ]);
  });

  test('of too many is refused whole', async () => {
    const { ask: askIt, calls } = ask();
    const { data } = await askIt(REPLAY, { ids: Array.from({ length: 201 }, () => putAsideEventId('a')) });
    expect(data.replayPutAsideEvents).toEqual({
      replayed: [],
      errors: [{ code: 'INVALID_INPUT', path: ['ids'] }],
    });
    expect(calls).toEqual([]);
  });

  test('is not done when it cannot be audited', async () => {
    const { ask: askIt, calls } = ask({ auditIsDown: true });
    expect((await askIt(REPLAY, { ids: [putAsideEventId('a')] })).errors).toHaveLength(1);
    expect(calls).toEqual([]);
  });
});
