import { buildSchema } from 'graphql';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { LOCAL_OPERATOR, type PrincipalKind } from '#access/principal';

import { persistedFaults } from './persisted-operations.ts';
import { startTinyServer, type TinyServer } from './testing/tiny-server.ts';

const HASH = 'a'.repeat(64);
const operations = new Map([
  [HASH, 'query Hello($n: Boolean!) { hello @include(if: $n) whoAsks }'],
  ['write', 'mutation { write }'],
]);
const variables = { n: true };

let server: TinyServer;
let kind: PrincipalKind;
beforeAll(async () => {
  server = await startTinyServer({
    persistedOperations: operations,
    authenticate: async () => ({ ...LOCAL_OPERATOR, kind, userId: null }),
  });
});
afterAll(async () => await server.close());

async function post(body: unknown, as: PrincipalKind = 'END_USER') {
  kind = as;
  const response = await fetch(server.url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  return await answerOf(response);
}
async function answerOf(response: Response) {
  const { data, errors } = (await response.json()) as {
    data?: unknown;
    errors?: { message: string; extensions: { code: string; requestId: string } }[];
  };
  return { status: response.status, data, error: errors?.[0] };
}
const byHash = { extensions: { persistedQuery: { version: 1, sha256Hash: HASH } } };

describe('an operation of the manifest', () => {
  test.each([
    ['documentId', { documentId: HASH, variables }],
    ['documentId with its prefix', { documentId: `sha256:${HASH}`, variables }],
    ['the extension persistedQuery', { ...byHash, variables }],
  ])('is asked by %s, by every kind of caller', async (_, body) => {
    for (const as of ['END_USER', 'PARTNER', 'ANALYST', 'OPERATOR'] as const)
      expect((await post(body, as)).data).toEqual({ hello: 'world', whoAsks: 'local' });
  });

  test('is asked by GET too, where it reads', async () => {
    kind = 'END_USER';
    const given = new URLSearchParams({ documentId: HASH, variables: JSON.stringify(variables) });
    expect((await answerOf(await fetch(`${server.url}?${given}`))).data).toMatchObject({ hello: 'world' });
    expect((await fetch(`${server.url}?documentId=write`)).status).toBe(405);
    expect(server.probe.calls).toEqual([]);
  });

  test('is held to its variables like any other', async () => {
    const { error } = await post({ documentId: HASH, variables: { n: 'secret7' } });
    expect(error).toMatchObject({ extensions: { code: 'BAD_USER_INPUT' } });
    expect(JSON.stringify(error)).not.toContain('secret7');
  });
});

describe('refused with a code of its own is', () => {
  test.each<[string, unknown, string]>([
    ['an end user’s text', { query: '{ hello }' }, 'PERSISTED_QUERY_ID_REQUIRED'],
    ['an end user’s text that is no GraphQL, unread', { query: '{ secret7' }, 'PERSISTED_QUERY_ID_REQUIRED'],
    ['an end user’s request of nothing', { variables }, 'PERSISTED_QUERY_ID_REQUIRED'],
    ['an id of nothing', { documentId: 'secret7' }, 'PERSISTED_QUERY_NOT_IN_LIST'],
    ['a name of every object', { documentId: 'constructor' }, 'PERSISTED_QUERY_NOT_IN_LIST'],
    [
      'a hash of nothing',
      { extensions: { persistedQuery: { sha256Hash: 'secret7' } } },
      'PERSISTED_QUERY_NOT_IN_LIST',
    ],
    ['a text to be taken in with its hash', { query: '{ hello }', ...byHash }, 'CANNOT_SEND_PQ_ID_AND_BODY'],
    ['an id that is none', { documentId: 7, query: '{ hello }' }, 'PERSISTED_QUERY_ID_REQUIRED'],
    ['an extension that is none', { extensions: { persistedQuery: null } }, 'PERSISTED_QUERY_ID_REQUIRED'],
    ['a text in a list', { query: ['{ hello }'] }, 'PERSISTED_QUERY_ID_REQUIRED'],
  ])('%s', async (_, body, code) => {
    const { status, data, error } = await post(body);
    expect(status).toBe(400);
    expect(data).toBeUndefined();
    expect(error?.extensions).toEqual({ code, requestId: expect.any(String) });
    expect(JSON.stringify(error)).not.toContain('secret7');
  });

  test('an end user’s text by GET, and in GraphQL’s own type', async () => {
    kind = 'END_USER';
    const init = { method: 'POST', headers: { 'content-type': 'application/graphql' }, body: '{ hello }' };
    for (const response of [await fetch(`${server.url}?query={hello}`), await fetch(server.url, init)]) {
      expect(response.status).toBe(400);
      expect((await answerOf(response)).error?.extensions.code).toBe('PERSISTED_QUERY_ID_REQUIRED');
    }
  });
});

test('others send their own texts too, and are told what is wrong with them', async () => {
  for (const as of ['PARTNER', 'ANALYST', 'OPERATOR'] as const) {
    expect((await post({ query: '{ hello }' }, as)).data).toEqual({ hello: 'world' });
    for (const nothing of [{}, []])
      expect((await post(nothing, as)).error).toMatchObject({ extensions: { code: 'BAD_USER_INPUT' } });
  }
});

test('without a manifest nobody asks by id', async () => {
  const free = await startTinyServer();
  const response = await fetch(free.url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ documentId: HASH }),
  });
  expect(response.status).toBe(400);
  expect((await free.ask('{ hello }')).status).toBe(200);
  await free.close();
});

test('a manifest that does not fit the schema is told of in readable lines', () => {
  const schema = buildSchema('type Query { hello: String again: Query }');
  const faults = (...texts: string[]) =>
    persistedFaults(schema, new Map(texts.map((text, n) => [`id${n}`, text])));
  expect(faults('{ hello }', 'query A { hello } query B { again { hello } }')).toEqual([]);
  expect(faults('{ hello', '{ goodbye }', `${'{ again '.repeat(20)} { hello } ${'}'.repeat(20)}`)).toEqual([
    'PERSISTED_OPERATIONS_FILE: operation id0 is no GraphQL.',
    'PERSISTED_OPERATIONS_FILE: operation id1 does not fit the schema: Cannot query field "goodbye" on type "Query".',
    'PERSISTED_OPERATIONS_FILE: operation id2 does not fit the schema: An operation is at most 20 fields deep.',
  ]);
  expect(faults(...Array.from({ length: 13 }, () => '{ goodbye }'))).toHaveLength(11);
});
