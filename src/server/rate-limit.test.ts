import { describe, expect, test } from 'vitest';

import { LOCAL_OPERATOR, type Principal } from '#access/principal';
import { createLogger } from '#log';
import { StoreUnavailableError } from '#store/database';
import { createMemoryRates } from '#store/rates/memory-rates';
import type { Rates } from '#store/rates/rates';

import { createRateLimit } from './rate-limit.ts';
import { startTinyServer } from './testing/tiny-server.ts';

const silent = createLogger('silent');
const PER_MINUTE = 20;

describe('a caller', () => {
  async function startLimited(perMinute = PER_MINUTE) {
    const rateLimit = createRateLimit({ rates: createMemoryRates(() => 0), perMinute, log: silent });
    let caller: Principal = LOCAL_OPERATOR;
    const server = await startTinyServer({ rateLimit, authenticate: async () => caller });
    const become = (more: Partial<Principal>) => {
      caller = { ...LOCAL_OPERATOR, ...more };
    };
    return { server, become };
  }

  test('who took a minute’s worth is refused with 429, when to ask again, and before a resolver runs', async () => {
    const { server } = await startLimited();
    for (let n = 0; n < PER_MINUTE; n += 1) expect((await server.ask('mutation { write }')).status).toBe(200);
    for (let n = 0; n < 3; n += 1) {
      const response = await server.ask('mutation { write }');
      expect(response.status).toBe(429);
      expect(response.headers.get('retry-after')).toBe('3');
      const requestId = response.headers.get('x-request-id');
      expect(await response.json()).toEqual({
        errors: [
          {
            message: 'This caller has asked for much: ask again in 3 seconds.',
            extensions: { code: 'RATE_LIMITED', requestId },
          },
        ],
      });
    }
    await server.close();
    expect(server.probe.calls).toHaveLength(PER_MINUTE);
  });

  test('has a budget of their own, by kind and subject', async () => {
    const { server, become } = await startLimited(1);
    expect((await server.ask('{ hello }')).status).toBe(200);
    expect((await server.ask('{ hello }')).status).toBe(429);
    become({ kind: 'ANALYST' });
    expect((await server.ask('{ hello }')).status).toBe(200);
    become({ subject: 'another' });
    expect((await server.ask('{ hello }')).status).toBe(200);
    // A scope or an expiry more makes nobody another caller.
    become({ scopes: [], expiresAt: null });
    expect((await server.ask('{ hello }')).status).toBe(429);
    await server.close();
  });

  test('is not charged for what was refused before', async () => {
    const { server } = await startLimited(1);
    for (const query of ['{ nothing }', '{ hello', `${'{ again '.repeat(20)} { hello } ${'}'.repeat(20)}`])
      await server.ask(query);
    expect((await server.ask('{ hello }')).status).toBe(200);
    await server.close();
  });

  test('is told that an operation costs more than any minute holds', async () => {
    const { server } = await startLimited(1);
    const response = await server.ask('{ again { again { hello } } }', {
      headers: { accept: 'application/graphql-response+json' },
    });
    expect(response.status).toBe(400);
    expect(response.headers.get('retry-after')).toBeNull();
    expect(await response.json()).toMatchObject({ errors: [{ extensions: { code: 'TOO_COMPLEX' } }] });
    await server.close();
  });
});

describe('while the store cannot be asked', () => {
  const lines: string[] = [];
  const log = createLogger('warn', { write: (line: string) => void lines.push(line) });
  const limitOver = (rates: Rates) => createRateLimit({ rates, perMinute: 2, log });
  const subject = 'anna@example.com';
  const anna = { ...LOCAL_OPERATOR, subject };

  test.each<[string, Rates]>([
    ['is gone', { take: () => Promise.reject(new StoreUnavailableError('gone')) }],
    ['does not answer', { take: () => new Promise(() => {}) }],
  ])('because it %s, the gateway counts for itself and says so once, of nobody', async (_, rates) => {
    lines.length = 0;
    const limit = limitOver(rates);
    expect(await limit.take(anna, 1)).toEqual({ isTaken: true });
    expect(await limit.take(anna, 1)).toEqual({ isTaken: true });
    expect(await limit.take(anna, 2)).toMatchObject({ isTaken: false });
    expect(lines).toHaveLength(1);
    expect(lines.join()).not.toContain(subject);
  });

  test('a fault of our own is no outage', async () => {
    const limit = limitOver({ take: () => Promise.reject(new TypeError('ours')) });
    await expect(limit.take(anna, 1)).rejects.toThrow('ours');
  });
});
