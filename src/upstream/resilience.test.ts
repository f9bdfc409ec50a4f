import { afterEach, describe, expect, test, vi } from 'vitest';

import { answerJson, type Script } from './scripted-server.ts';
import { SourceError } from './source-error.ts';
import { Bench, failure, fine, get } from './test-bench.ts';

const bench = new Bench();
afterEach(() => bench.close());

describe('retries', () => {
  test.each<[string, Script]>([
    ['a lost connection', (_request, response) => response.destroy()],
    ['a 5xx', (_request, response) => answerJson(response, 502, {})],
    ['a 429', (_request, response) => answerJson(response, 429, {}, { 'retry-after': '0' })],
  ])('a GET is tried again after %s', async (_name, script) => {
    const { server, upstream } = await bench.serve((request, response, count) =>
      count === 1 ? script(request, response, count) : fine(request, response, count),
    );
    await expect(upstream.request(get)).resolves.toEqual({ ok: true });
    expect(server.seen).toHaveLength(2);
  });

  test.each(['POST', 'PUT', 'DELETE'] as const)('a %s is never tried again', async (method) => {
    const { server, upstream } = await bench.serve((_request, response) => response.destroy());
    expect((await failure(upstream.request({ ...get, method }))).code).toBe('SOURCE_UNREACHABLE');
    expect(server.seen).toHaveLength(1);
  });

  test('waits as long as Retry-After says', async () => {
    const times: number[] = [];
    const { upstream } = await bench.serve((request, response, count) => {
      times.push(performance.now());
      if (count === 1) answerJson(response, 503, {}, { 'retry-after': '1' });
      else fine(request, response, count);
    });
    await upstream.request(get);
    expect((times[1] ?? 0) - (times[0] ?? 0)).toBeGreaterThanOrEqual(990);
  });

  test.each([
    ['seconds', () => '60', 60_000],
    ['a date', () => new Date(Date.now() + 60_000).toUTCString(), 58_000],
  ])('fails at once when Retry-After (%s) does not fit, and says so', async (_form, value, atLeastMs) => {
    const { server, upstream } = await bench.serve((_request, response) =>
      answerJson(response, 429, {}, { 'retry-after': value() }),
    );
    const error = await failure(upstream.request(get));
    expect(error.code).toBe('SOURCE_RATE_LIMITED');
    expect(error.retryAfterMs).toBeGreaterThanOrEqual(atLeastMs);
    expect(error.retryAfterMs).toBeLessThanOrEqual(60_000);
    expect(server.seen).toHaveLength(1);
  });

  test.each(['9999999', '9'.repeat(400), 'Fri, 31 Dec 9999 23:59:59 GMT'])(
    'a Retry-After of %s is a day, which timers and clients can hold',
    async (value) => {
      const { upstream } = await bench.serve((_request, response) =>
        answerJson(response, 429, {}, { 'retry-after': value }),
      );
      expect((await failure(upstream.request(get))).retryAfterMs).toBe(86_400_000);
    },
  );

  test.each(['soon', '-1', '1.5', ''])(
    'a Retry-After of "%s" that says nothing breaks nothing',
    async (value) => {
      const { upstream } = await bench.serve((_request, response) =>
        answerJson(response, 400, {}, { 'retry-after': value }),
      );
      const { retryAfterMs } = await failure(upstream.request(get));
      expect(retryAfterMs).toBeNull();
    },
  );
});

describe('the circuit', () => {
  const quick = { failures: 2, openMs: 40, maxOpenMs: 80 };
  const post = { ...get, method: 'POST' } as const;

  test('opens after failures in a row, then asks nobody and says when again', async () => {
    const { server, upstream } = await bench.serve((_request, response) => answerJson(response, 500, {}), {
      breaker: { ...quick, openMs: 60_000, maxOpenMs: 60_000 },
    });
    for (const _ of [1, 2]) expect((await failure(upstream.request(post))).code).toBe('SOURCE_UNREACHABLE');
    const error = await failure(upstream.request(get));
    expect(error.code).toBe('SOURCE_CIRCUIT_OPEN');
    expect(error.retryAfterMs).toBeGreaterThan(50_000);
    expect(server.seen).toHaveLength(2);
  });

  test('tells the failure that opened it, not that it is open, to the call that was trying', async () => {
    const { server, upstream } = await bench.serve((_request, response) => response.destroy(), {
      breaker: quick,
    });
    expect((await failure(upstream.request(get))).code).toBe('SOURCE_UNREACHABLE');
    expect(server.seen).toHaveLength(2);
  });

  test('closes when a probe is answered', async () => {
    const { server, upstream } = await bench.serve((_request, response) => response.destroy(), {
      breaker: quick,
    });
    await failure(upstream.request(get));
    server.script = fine;
    await vi.waitFor(() => upstream.request(get));
    await Promise.all(Array.from({ length: 10 }, () => upstream.request(get)));
  });

  test('does not open for refusals, and they are a sign of life', async () => {
    const codes = [500, 404, 500, 422, 500, 429, 500, 400];
    const { server, upstream } = await bench.serve(
      (_request, response, count) => answerJson(response, codes[count - 1] ?? 403, {}),
      { breaker: quick },
    );
    for (const _ of codes) await failure(upstream.request(post));
    for (const _ of codes) expect((await failure(upstream.request(post))).code).toBe('SOURCE_REFUSED');
    expect(server.seen).toHaveLength(16);
  });

  test.each([
    ['an error of its own', () => new Error('enough')],
    ['an error that looks like the source', () => new SourceError('SOURCE_TIMEOUT', 'too slow for me')],
  ])('does not open for callers who give up with %s', async (_name, reason) => {
    const { server, upstream } = await bench.serve(() => {}, { breaker: quick });
    for (const count of [1, 2, 3, 4]) {
      const caller = new AbortController();
      const call = upstream.request({ ...get, signal: caller.signal }).catch((error: unknown) => error);
      await vi.waitFor(() => expect(server.seen).toHaveLength(count));
      caller.abort(reason());
      await call;
    }
    server.script = fine;
    await expect(upstream.request(get)).resolves.toEqual({ ok: true });
  });

  test('a probe whose caller gives up does not close it', async () => {
    const { server, upstream } = await bench.serve((_request, response) => response.destroy(), {
      breaker: quick,
      timeoutMs: 300,
    });
    await failure(upstream.request(get));
    server.script = () => {};
    const sent = server.seen.length;
    const probes: Promise<unknown>[] = [];
    const caller = new AbortController();
    await vi.waitFor(() => {
      probes.push(upstream.request({ ...get, signal: caller.signal }).catch(() => null));
      expect(server.seen.length).toBeGreaterThan(sent);
    });
    caller.abort();
    await Promise.all(probes);
    const next = await failure(upstream.request(get));
    expect(['SOURCE_CIRCUIT_OPEN', 'SOURCE_TIMEOUT']).toContain(next.code);
    expect(server.seen).toHaveLength(sent + 1);
  });
});

describe('places and pace', () => {
  test('sends no more at once than there are places', async () => {
    const held: (() => void)[] = [];
    const { server, upstream } = await bench.serve(
      (request, response, count) => held.push(() => fine(request, response, count)),
      { concurrency: 3 },
    );
    const calls = Array.from({ length: 9 }, () => upstream.request(get));
    for (const sent of [3, 6, 9]) {
      await vi.waitFor(() => expect(held).toHaveLength(3));
      expect(server.seen).toHaveLength(sent);
      for (const release of held.splice(0)) release();
    }
    await Promise.all(calls);
  });

  test('READ calls pass while BACKGROUND calls hold all that they may', async () => {
    const held: (() => void)[] = [];
    const { server, upstream } = await bench.serve((request, response, count) => {
      if (request.url === '/things') fine(request, response, count);
      else held.push(() => fine(request, response, count));
    });
    const background = Array.from({ length: 20 }, () =>
      upstream.request({ ...get, path: 'slow', pace: 'BACKGROUND' }),
    );
    await vi.waitFor(() => expect(held).toHaveLength(2));
    await Promise.all(Array.from({ length: 10 }, () => upstream.request(get)));
    expect(held).toHaveLength(2);
    server.script = fine;
    for (const release of held) release();
    await Promise.all(background);
  });

  test('spaces BACKGROUND calls by the rate, and READ calls not at all', async () => {
    const times: number[] = [];
    const { upstream } = await bench.serve(
      (request, response, count) => {
        if (request.url !== '/things') times.push(performance.now());
        fine(request, response, count);
      },
      { ratePerS: 50 },
    );
    const call = { ...get, path: 'paced', pace: 'BACKGROUND' } as const;
    // From here, not from the first arrival: that one may be late, and its lateness would count against the rate.
    const startedAt = performance.now();
    await Promise.all(Array.from({ length: 6 }, () => upstream.request(call)));
    expect((times.at(-1) ?? 0) - startedAt).toBeGreaterThanOrEqual(95);
    await Promise.all(Array.from({ length: 50 }, () => upstream.request(get)));
  });

  test('a BACKGROUND call has its whole deadline once it is its turn', async () => {
    const { upstream } = await bench.serve(fine, { ratePerS: 4, timeoutMs: 500 });
    const call = { ...get, pace: 'BACKGROUND' } as const;
    await Promise.all(Array.from({ length: 6 }, () => upstream.request(call)));
  });

  test('who gives up while waiting for the rate costs no turn', async () => {
    const { server, upstream } = await bench.serve(fine, { ratePerS: 2, concurrency: 1000 });
    const caller = new AbortController();
    const call = { ...get, pace: 'BACKGROUND' } as const;
    await upstream.request(call);
    const given = Array.from({ length: 100 }, () =>
      upstream.request({ ...call, signal: caller.signal }).catch((error: unknown) => error),
    );
    caller.abort('enough');
    expect(new Set(await Promise.all(given))).toEqual(new Set(['enough']));
    await upstream.request(call);
    expect(server.seen).toHaveLength(2);
  });
});
