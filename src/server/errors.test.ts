import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { startTinyServer, type TinyServer } from './testing/tiny-server.ts';

let server: TinyServer;
beforeAll(async () => {
  server = await startTinyServer();
});
afterAll(async () => await server.close());

interface Answer {
  readonly data?: unknown;
  readonly errors?: readonly { message: string; path?: unknown; extensions?: Record<string, unknown> }[];
}
async function answerTo(query: string, variables?: unknown) {
  const response = await server.ask(query, {
    variables,
    headers: { accept: 'application/graphql-response+json' },
  });
  const text = await response.text();
  const answer: Answer = JSON.parse(text);
  return { status: response.status, requestId: response.headers.get('x-request-id'), text, ...answer };
}

describe('an unexpected failure', () => {
  test.each([['crash'], ['uncoded'], ['wrongLeaf']])(
    'in %s is masked, named by the request id, and logged without values',
    async (field) => {
      const { text, data, errors, requestId } = await answerTo(`{ hello ${field} }`);
      expect(text).not.toContain('X1234567');
      expect(data).toEqual({ hello: 'world', [field]: null });
      expect(errors).toEqual([
        {
          message: expect.stringContaining('request id'),
          locations: expect.anything(),
          path: [field],
          extensions: { code: 'INTERNAL_SERVER_ERROR', requestId },
        },
      ]);
      const lines = server.logLines.filter((line) => line.includes(requestId ?? ''));
      expect(lines).toHaveLength(1);
      expect(lines[0]).toContain(field);
      expect(server.logLines.join()).not.toContain('X1234567');
    },
  );

  test('where no data can be given is no detail either', async () => {
    const { text, errors } = await answerTo('{ crashHard }');
    expect(text).not.toContain('X1234567');
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'INTERNAL_SERVER_ERROR' });
  });

  test('in the making of the context is a 500', async () => {
    const broken = await startTinyServer({
      contextFor: () => {
        throw new Error('passport X1234567');
      },
    });
    const response = await broken.ask('{ hello }');
    const text = await response.text();
    await broken.close();
    expect(response.status).toBe(500);
    expect(text).not.toContain('X1234567');
    expect(JSON.parse(text)).toMatchObject({ errors: [{ extensions: { code: 'INTERNAL_SERVER_ERROR' } }] });
  });
});

test('an error that carries a code reaches the caller', async () => {
  const { data, errors } = await answerTo('{ coded }');
  expect(data).toEqual({ coded: null });
  expect(errors).toMatchObject([
    { message: 'Not for you.', path: ['coded'], extensions: { code: 'FORBIDDEN' } },
  ]);
});

describe('a value that does not fit', () => {
  const person = 'query ($of: Person, $ages: [Int!]) { person(of: $of, ages: $ages) }';
  test.each([
    ['of a scalar', 'query ($v: Even) { even(value: $v) }', { v: 'secret7' }, '$v', 'v'],
    ['of a field', person, { of: { name: 'x', age: 'secret7' } }, '$of', 'of.age'],
    ['of a list', person, { ages: [1, 'secret7'] }, '$ages', 'ages[1]'],
    ['of an unknown field', person, { of: { name: 'x', secret7: 1 } }, '$of', 'of'],
    ['that is missing', 'query ($v: String!) { person(of: { name: $v }) }', {}, '$v', 'v'],
  ])('%s is named by its variable and place, never repeated', async (_, query, variables, name, at) => {
    const { status, text, errors, data } = await answerTo(query, variables);
    expect(text).not.toContain('secret7');
    expect(data).toBeUndefined();
    expect(status).toBe(400);
    expect(errors).toMatchObject([
      {
        message: `Variable "${name}" has a value that does not fit its type, at "${at}".`,
        extensions: { code: 'BAD_USER_INPUT' },
      },
    ]);
  });

  test('of an argument is wrong input, no failure', async () => {
    const { errors } = await answerTo('{ even(value: 7) }');
    expect(errors?.[0]?.extensions?.['code']).toMatch(/^(BAD_USER_INPUT|GRAPHQL_VALIDATION_FAILED)$/);
  });
});

test.each([
  ['no GraphQL', '{ hello', 'GRAPHQL_PARSE_FAILED'],
  ['an unknown field', '{ nothing }', 'GRAPHQL_VALIDATION_FAILED'],
  ['several operations and no name', 'query A { hello } query B { hello }', 'BAD_USER_INPUT'],
  ['too many tokens', `{ ${'hello '.repeat(3001)} }`, 'GRAPHQL_PARSE_FAILED'],
  [
    'too many root fields',
    `{ ${Array.from({ length: 51 }, (_, n) => `a${n}: hello`).join(' ')} }`,
    'TOO_COMPLEX',
  ],
  ['too deep a nest', `${'{ again '.repeat(20)} { hello } ${'}'.repeat(20)}`, 'TOO_COMPLEX'],
])('%s is refused with a code', async (_, query, code) => {
  const generous = await startTinyServer({ settings: { host: '127.0.0.1', port: 0, maxBodyBytes: 65_536 } });
  const response = await generous.ask(query, { headers: { accept: 'application/graphql-response+json' } });
  const answer = (await response.json()) as Answer;
  await generous.close();
  expect(response.status).toBe(400);
  const requestId = response.headers.get('x-request-id');
  expect(answer.errors?.[0]?.extensions).toEqual({ code, requestId });
});

test('depth and root fields are counted through fragments, and a fragment of itself ends', async () => {
  const fragments = Array.from(
    { length: 20 },
    (_, n) => `fragment F${n} on Query { again { ...F${n + 1} } }`,
  ).join(' ');
  const deep = await answerTo(`{ ...F0 } ${fragments} fragment F20 on Query { hello }`);
  expect(deep.errors?.[0]?.extensions).toMatchObject({ code: 'TOO_COMPLEX' });
  const itself = await answerTo('{ ...F } fragment F on Query { again { ...F } }');
  expect(itself.errors?.[0]?.extensions).toMatchObject({ code: 'GRAPHQL_VALIDATION_FAILED' });
});

test('a syntax error is a syntax error the second time too', async () => {
  for (const _ of [1, 2])
    expect(await answerTo('{ hello')).toMatchObject({
      status: 400,
      errors: [{ extensions: { code: 'GRAPHQL_PARSE_FAILED' } }],
    });
});

test('a body that is no JSON is refused without a piece of it', async () => {
  const response = await fetch(server.url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: 'secret7{',
  });
  const text = await response.text();
  expect(response.status).toBe(400);
  expect(text).not.toContain('secret7');
  expect(JSON.parse(text)).toMatchObject({ errors: [{ extensions: { code: 'BAD_USER_INPUT' } }] });
});

test.each([
  ['variables', '{secret7'],
  ['variables', 'undefined'],
  ['variables', '7'],
  ['extensions', 'secret7'],
  ['extensions', '[]'],
])('a GET whose %s are %s is wrong input, no failure', async (name, value) => {
  const logged = server.logLines.length;
  const response = await fetch(
    `${server.url}?${new URLSearchParams({ query: '{ hello }', [name]: value }).toString()}`,
    { headers: { accept: 'application/json' } },
  );
  const text = await response.text();
  expect(response.status).toBe(400);
  expect(text).not.toContain('secret7');
  expect(JSON.parse(text)).toMatchObject({ errors: [{ extensions: { code: 'BAD_USER_INPUT' } }] });
  expect(server.logLines).toHaveLength(logged);
});
