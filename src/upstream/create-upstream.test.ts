import { afterEach, describe, expect, test, vi } from 'vitest';
import { z } from 'zod';

import { answerJson, type Script } from './scripted-server.ts';
import { MAX_BODY_BYTES } from './send.ts';
import { Bench, failure, fine, get } from './test-bench.ts';
import { staticToken } from './tokens.ts';

const bench = new Bench();
afterEach(() => bench.close());

describe('what goes over the wire', () => {
  test('sends path, query, headers and credential', async () => {
    const { server, upstream } = await bench.serve(fine, { authorizer: staticToken('t0ken') });
    const query = { list: ['a b', 'c&d'], page: 2, on: false, none: null, absent: undefined };
    await upstream.request({ ...get, path: 'a%2Fb', query, headers: { 'x-one': '1' } });
    expect(server.seen[0]?.url).toBe('/a%2Fb?list=a+b&list=c%26d&page=2&on=false');
    expect(server.seen[0]?.headers).toMatchObject({
      authorization: 'Bearer t0ken',
      accept: 'application/json',
      'x-one': '1',
    });
  });

  test('keeps the path of the base URL', async () => {
    const { server } = await bench.serve(fine);
    await bench.upstreamTo(`${server.url}/base/v1`).request(get);
    expect(server.seen[0]?.url).toBe('/base/v1/things');
  });

  test('sends forms and JSON as such', async () => {
    const { server, upstream } = await bench.serve(fine);
    await upstream.request({ ...get, method: 'POST', form: { a: 'x y', b: 'ü&' } });
    await upstream.request({ ...get, method: 'PUT', json: { a: ['ü'] } });
    expect(server.seen.map(({ headers, body }) => [headers['content-type'], body])).toEqual([
      ['application/x-www-form-urlencoded', 'a=x+y&b=%C3%BC%26'],
      ['application/json', '{"a":["ü"]}'],
    ]);
  });

  test('gives an empty body to the schema as undefined', async () => {
    const { upstream } = await bench.serve((_request, response) => response.writeHead(204).end());
    await expect(
      upstream.request({ ...get, method: 'DELETE', schema: z.undefined() }),
    ).resolves.toBeUndefined();
  });

  test('leaves out a key __proto__ in every spelling', async () => {
    const text = '{"a":{"__proto__":{"admin":true},"b":1},"__pr\\u006fto__":1,"\\u005f_proto__":2}';
    const { upstream } = await bench.serve((_request, response) => response.end(text));
    const answer = await upstream.request({ ...get, schema: z.unknown() });
    expect(JSON.stringify(answer)).toBe('{"a":{"b":1}}');
  });
});

describe('a credential that the source repeats', () => {
  const echo: Script = ({ headers }, response) => answerJson(response, 200, { headers });

  test('is not in what it answered, neither its own nor that of the call', async () => {
    const { upstream } = await bench.serve(echo, { authorizer: staticToken('a-token-of-the-source') });
    const credential = { 'x-owner': 'a-token-of-the-owner' };
    const answer = await upstream.request({ ...get, credential, schema: z.looseObject({}) });
    expect(answer['headers']).toMatchObject({
      authorization: 'Bearer [credential]',
      'x-owner': '[credential]',
    });
  });

  test('is left where it is so short that it stands there by chance', async () => {
    const { upstream } = await bench.serve(fine, { authorizer: staticToken('ok') });
    await expect(upstream.request(get)).resolves.toEqual({ ok: true });
  });
});

describe('each fault has its code', () => {
  const status =
    (code: number): Script =>
    (_request, response) =>
      answerJson(response, code, { x: 'SECRET' });
  const raw =
    (text: string): Script =>
    (_request, response) =>
      response.end(text);
  const cutShort: Script = (_request, response) => {
    response.writeHead(200, { 'content-length': '100' });
    response.write('{"ok":', () => response.destroy());
  };
  const tooLong: Script = (_request, response) => {
    response.on('error', () => {});
    response.end(Buffer.alloc(MAX_BODY_BYTES + 1, ' '));
  };
  test.each<[string, Script, string, number]>([
    ['a cut connection', (_request, response) => response.destroy(), 'SOURCE_UNREACHABLE', 3],
    ['a connection cut in the middle of the body', cutShort, 'SOURCE_UNREACHABLE', 3],
    ['500', status(500), 'SOURCE_UNREACHABLE', 3],
    ['503', status(503), 'SOURCE_UNREACHABLE', 3],
    ['429', status(429), 'SOURCE_RATE_LIMITED', 3],
    ['400', status(400), 'SOURCE_REFUSED', 1],
    ['401', status(401), 'SOURCE_REFUSED', 1],
    ['403', status(403), 'SOURCE_REFUSED', 1],
    ['422', status(422), 'SOURCE_REFUSED', 1],
    ['404', status(404), 'SOURCE_NOT_FOUND', 1],
    ['broken JSON', raw('{"ok":true'), 'SOURCE_BAD_PAYLOAD', 1],
    ['HTML', raw('<html>SECRET</html>'), 'SOURCE_BAD_PAYLOAD', 1],
    ['an empty body', raw(''), 'SOURCE_BAD_PAYLOAD', 1],
    ['another shape', raw('{"ok":"SECRET"}'), 'SOURCE_BAD_PAYLOAD', 1],
    ['more bytes than it may', tooLong, 'SOURCE_BAD_PAYLOAD', 1],
  ])('%s', async (_name, script, code, calls) => {
    const { server, upstream } = await bench.serve(script);
    const error = await failure(upstream.request({ ...get, path: 'users/id-4711' }));
    expect(error.code).toBe(code);
    expect(error.message).not.toMatch(/SECRET|4711|127\.0\.0\.1/);
    expect(server.seen).toHaveLength(calls);
  });

  test('nobody listening', async () => {
    const { server } = await bench.serve(fine);
    await server.close();
    expect((await failure(bench.upstreamTo(server.url).request(get))).code).toBe('SOURCE_UNREACHABLE');
  });

  test('says the HTTP status of a refusal', async () => {
    const { upstream } = await bench.serve(status(409));
    expect(await failure(upstream.request(get))).toMatchObject({ httpStatus: 409, retryAfterMs: null });
  });
});

describe('redirects', () => {
  test.each([301, 302, 307, 308])('%i is not followed, the credential stays', async (code) => {
    const elsewhere = await bench.serve(fine);
    const { upstream } = await bench.serve(
      (_request, response) => response.writeHead(code, { location: elsewhere.server.url }).end(),
      { authorizer: staticToken('t0ken') },
    );
    expect((await failure(upstream.request(get))).code).toBe('SOURCE_BAD_PAYLOAD');
    expect(elsewhere.server.seen).toHaveLength(0);
  });
});

describe('the deadline', () => {
  test('ends a call that is never answered', async () => {
    const { upstream } = await bench.serve(() => {}, { timeoutMs: 60 });
    expect((await failure(upstream.request(get))).code).toBe('SOURCE_TIMEOUT');
  });

  test('ends a body that drips for ever, and closes the connection', async () => {
    const closed = Promise.withResolvers<void>();
    const { upstream } = await bench.serve(
      (_request, response) => {
        response.writeHead(200);
        const drip = setInterval(() => response.write(' '), 5);
        response.on('close', () => {
          clearInterval(drip);
          closed.resolve();
        });
      },
      { timeoutMs: 80 },
    );
    expect((await failure(upstream.request(get))).code).toBe('SOURCE_TIMEOUT');
    await closed.promise;
  });

  test('ends a call that waits for a place', async () => {
    const { server, upstream } = await bench.serve(() => {}, { timeoutMs: 60, concurrency: 1 });
    const errors = await Promise.all([upstream.request(get), upstream.request(get)].map(failure));
    expect(errors.map(({ code }) => code)).toEqual(['SOURCE_TIMEOUT', 'SOURCE_TIMEOUT']);
    expect(server.seen).toHaveLength(1);
  });
});

describe('the caller', () => {
  test('who gives up gets the own reason, and the connection is closed', async () => {
    const closed = Promise.withResolvers<void>();
    const reason = new Error('enough');
    const caller = new AbortController();
    const { upstream } = await bench.serve((_request, response) => {
      response.on('close', closed.resolve);
      caller.abort(reason);
    });
    await expect(upstream.request({ ...get, signal: caller.signal })).rejects.toBe(reason);
    await closed.promise;
  });

  test('who gave up before sends nothing', async () => {
    const { server, upstream } = await bench.serve(fine);
    const call = { ...get, signal: AbortSignal.abort('before') };
    await expect(upstream.request(call)).rejects.toBe('before');
    await expect(upstream.request({ ...call, pace: 'BACKGROUND' })).rejects.toBe('before');
    expect(server.seen).toHaveLength(0);
  });

  test('gets a SourceError for what is under way when the gateway closes', async () => {
    const { server, upstream } = await bench.serve(() => {});
    const calls = (['READ', 'BACKGROUND'] as const).map((pace) =>
      failure(upstream.request({ ...get, pace })),
    );
    await vi.waitFor(() => expect(server.seen).toHaveLength(2));
    await upstream.close();
    expect((await Promise.all(calls)).map(({ code }) => code)).toEqual(Array(2).fill('SOURCE_UNREACHABLE'));
  });
});
