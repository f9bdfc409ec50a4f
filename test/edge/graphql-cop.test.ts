import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';

import { type Edge, startEdge } from '../harness/edge.ts';

let edge: Edge;
beforeAll(async () => {
  edge = await startEdge();
});
beforeEach(() => {
  edge.resolved.length = 0;
  edge.become({ kind: 'PARTNER' });
});
afterAll(async () => await edge.close());

const repeated = (text: string, times: number) => Array.from({ length: times }, () => text).join(' ');

/** The checks of graphql-cop (github.com/dolevf/graphql-cop), by their names there. */
describe('graphql-cop', () => {
  test('Alias Overloading: a hundred aliases of one field', async () => {
    const aliases = Array.from({ length: 101 }, (_, n) => `alias${n}: __typename`).join(' ');
    expect(await edge.ask(`query cop { ${aliases} }`)).toMatchObject({
      data: undefined,
      codes: ['TOO_COMPLEX'],
    });
  });

  test('Array-based Query Batching: ten operations in one list', async () => {
    const answer = await edge.post(Array.from({ length: 10 }, () => ({ query: 'query cop { __typename }' })));
    expect(answer).toMatchObject({ status: 400, data: undefined });
  });

  test('Circular Fragment: fragments that spread each other', async () => {
    const text =
      'query { __schema { ...A } } fragment A on __Schema { __typename ...B } fragment B on __Schema { ...A }';
    for (const kind of ['PARTNER', 'OPERATOR'] as const) {
      edge.become({ kind });
      expect(await edge.ask(text)).toMatchObject({ data: undefined, codes: ['GRAPHQL_VALIDATION_FAILED'] });
    }
  });

  test('Introspection-based Circular Query: types of fields of types', async () => {
    const text =
      'query { __schema { types { fields { type { fields { type { fields { type { fields { type { name } } } } } } } } } } }';
    for (const kind of ['PARTNER', 'OPERATOR'] as const) {
      edge.become({ kind });
      expect((await edge.ask(text)).data).toBeUndefined();
    }
  });

  test('Directive Overloading: the answer does not grow with the directives', async () => {
    for (const times of [10, 500]) {
      const { data, codes } = await edge.ask(`query { __typename ${repeated('@aa', times)} }`);
      expect(data).toBeUndefined();
      expect(codes.length).toBeLessThan(10);
    }
  });

  test('Field Duplication: one field five hundred times', async () => {
    expect(await edge.ask(`query cop { ${repeated('__typename', 500)} }`)).toMatchObject({
      data: undefined,
      codes: expect.arrayContaining(['TOO_COMPLEX']),
    });
  });

  test('Field Suggestions: a wrong name is not put right', async () => {
    for (const text of ['query cop { __schema { directive } }', '{ viewer { kin } }', '{ usr { id } }'])
      expect((await edge.ask(text)).text).not.toMatch(/did you mean/i);
  });

  test('Mutation is allowed over GET: it is not', async () => {
    for (const query of [
      'mutation cop { __typename }',
      'mutation { refreshUser(input: { id: "a" }) { errors { code } } }',
    ])
      expect(await fetch(`${edge.url}?${new URLSearchParams({ query })}`)).toMatchObject({ status: 405 });
  });

  test('GET Method Query Support: GraphQL over HTTP has it, and no page of another site can use it', async () => {
    const query = new URLSearchParams({ query: 'query cop { __typename }' });
    const bySite = (site: string) => fetch(`${edge.url}?${query}`, { headers: { 'sec-fetch-site': site } });
    expect((await fetch(`${edge.url}?${query}`)).status).toBe(200);
    for (const site of ['cross-site', 'same-site']) expect((await bySite(site)).status).toBe(403);
    const elsewhere = { headers: { origin: 'https://evil.example' } };
    expect((await fetch(`${edge.url}?${query}`, elsewhere)).status).toBe(403);
  });

  test('POST based url-encoded query (possible CSRF): not read, nor any other form', async () => {
    for (const type of [
      'application/x-www-form-urlencoded',
      'text/plain',
      'multipart/form-data; boundary=x',
    ]) {
      const answer = await edge.post('query=query+cop+{__typename}', { 'content-type': type });
      expect(answer).toMatchObject({ status: 415, data: undefined });
    }
  });

  test('GraphQL IDE: its page is the same for everybody, and a program is not given it', async () => {
    const { origin } = new URL(edge.url);
    for (const path of ['/graphiql', '/playground', '/console', '/graphql'])
      expect(await (await fetch(origin + path)).text()).not.toMatch(
        /graphi?ql.?(?:playground|min\.css)|<html/i,
      );
  });

  test('Introspection: not for partners and end users', async () => {
    for (const kind of ['PARTNER', 'END_USER'] as const) {
      edge.become({ kind });
      const { data } = await edge.ask('query { __schema { queryType { name } } }');
      expect(data).toBeUndefined();
    }
  });

  test('Trace Mode: no answer says how it was made', async () => {
    for (const text of ['query { __typename }', '{ users { totalCount } }', '{ nothing }'])
      expect((await edge.ask(text)).text).not.toMatch(/tracing|stack|exception|node_modules|\.ts:/i);
  });

  test('Unhandled Errors Detection: no exception in an answer', async () => {
    for (const body of [{ query: 'qwerty cop { abc }' }, '{', '7', '"x"', { query: 7 }, { query: null }]) {
      const { text, status } = await edge.post(body);
      expect(text).not.toMatch(/exception|stack|INTERNAL/i);
      expect(status).toBeLessThan(500);
    }
  });

  test('none of them reached a resolver', async () => {
    const refused = ['{ a: __schema { queryType { name } } }', `{ ${repeated('viewer { kind }', 100)} }`];
    for (const text of refused) await edge.ask(text);
    expect(edge.resolved).toEqual([]);
    edge.become({});
    await edge.ask('{ viewer { kind } }');
    expect(edge.resolved).toEqual(['Query.viewer', 'Viewer.kind']);
  });
});
