import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { StoreUnavailableError } from '#store/database';

import { openRaw, sendRaw, startTinyServer, type TinyServer } from './testing/tiny-server.ts';
import type { WebhookRequest } from './webhook-route.ts';

const MAX_BYTES = 1_048_576;

let server: TinyServer;
let taken: WebhookRequest[];
let isProven: boolean;
let fault: Error | null;
beforeEach(async () => {
  [taken, isProven, fault] = [[], true, null];
  server = await startTinyServer({
    webhooks: {
      takes: (name) => name === 'alpha',
      take: async (_name, delivery) => {
        if (fault !== null) throw fault;
        if (isProven) taken.push(delivery);
        return isProven;
      },
    },
  });
});
afterEach(async () => await server.close());

const post = async (body: Uint8Array | string, headers: Record<string, string> = {}, name = 'alpha') =>
  await fetch(`${server.origin}/webhooks/${name}`, { method: 'POST', body: Buffer.from(body), headers });
const codeOf = async (response: Response) =>
  ((await response.json()) as { errors: { extensions: { code: string } }[] }).errors[0]?.extensions.code;

describe('a webhook', () => {
  test('is given byte for byte and answered with nothing', async () => {
    const bytes = new Uint8Array([0, 255, 123, 34, 10, 195, 40]);
    const response = await post(bytes, { 'X-Some-Signature': 'a' });
    expect([response.status, await response.text()]).toEqual([200, '']);
    expect(new Uint8Array(taken[0]?.body ?? [])).toEqual(bytes);
    expect(taken[0]?.headers['x-some-signature']).toEqual(['a']);
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
    expect(response.headers.get('content-security-policy')).toContain("default-src 'none'");
  });

  test.each([
    ['text/plain'],
    ['application/x-www-form-urlencoded'],
    ['application/json; charset=latin1'],
    [''],
  ])('may say that it is %s', async (type) => {
    expect((await post('{}', type === '' ? {} : { 'content-type': type })).status).toBe(200);
  });

  test('may come through a proxy, under any name and from any page: its signature alone counts', async () => {
    const heard = await sendRaw(
      server.port,
      [
        'POST /webhooks/alpha?x=1 HTTP/1.1',
        'Host: hooks.example.com',
        'X-Forwarded-For: 192.0.2.1',
        'Origin: https://elsewhere.example',
        'Content-Length: 2',
        'Connection: close',
      ],
      '{}',
    );
    expect(heard).toMatch(/^HTTP\/1\.1 200 /);
    const graphql = await sendRaw(server.port, [
      'GET /graphql?query={hello} HTTP/1.1',
      'Host: hooks.example.com',
      'Connection: close',
    ]);
    expect(graphql).toMatch(/^HTTP\/1\.1 421 /);
  });

  test('that is not proven is 401, and closes the connection', async () => {
    isProven = false;
    const response = await post('{}');
    expect([response.status, await codeOf(response)]).toEqual([401, 'UNAUTHENTICATED']);
    expect(taken).toEqual([]);
  });

  test.each([
    ['the store is away', new StoreUnavailableError('at 10.0.0.1')],
    ['anything else fails', new RangeError('passport X1234567')],
  ])('is 503 when %s, so that it is sent again', async (_why, error) => {
    fault = error;
    const response = await post('{}');
    expect(response.status).toBe(503);
    expect(response.headers.get('retry-after')).toBe('5');
    const text = await response.text();
    expect(JSON.parse(text).errors[0].extensions.code).toBe('STORE_UNAVAILABLE');
    expect(text + server.logLines.join('')).not.toMatch(/X1234567|10\.0\.0\.1/);
  });

  test('has a largest body of its own, also when its length is not said', async () => {
    expect((await post('x'.repeat(MAX_BYTES))).status).toBe(200);
    expect((await post('x'.repeat(MAX_BYTES + 1))).status).toBe(413);
    const chunked = await fetch(`${server.origin}/webhooks/alpha`, {
      method: 'POST',
      body: new Blob(['x'.repeat(MAX_BYTES + 1)]).stream(),
      duplex: 'half',
    } as RequestInit);
    expect(chunked.status).toBe(413);
    expect(taken).toHaveLength(1);
  });

  test('that is never all there gives way to others, and is to be sent again', async () => {
    const head = `POST /webhooks/alpha HTTP/1.1\r\nHost: a\r\nContent-Length: ${MAX_BYTES}\r\n\r\n`;
    const slow = await Promise.all(Array.from({ length: 33 }, () => openRaw(server.port)));
    for (const { socket } of slow) socket.write(head + 'x'.repeat(MAX_BYTES - 1));
    const first = await Promise.race(slow.map(({ closed }) => closed));
    expect(first).toMatch(/^HTTP\/1\.1 503 [^]*retry-after: 5\r\n/);
    expect((await post('{}')).status).toBe(200);
    for (const { socket } of slow) socket.destroy();
  });

  test('is posted, and nothing else', async () => {
    const response = await fetch(`${server.origin}/webhooks/alpha`);
    expect([response.status, response.headers.get('allow')]).toEqual([405, 'POST']);
  });

  test.each([['beta'], ['ALPHA'], ['alpha/'], ['alpha%2f'], ['..%2falpha'], ['__proto__'], ['']])(
    'of nobody is 404: %s',
    async (name) => {
      expect((await post('{}', {}, name)).status).toBe(404);
      expect(taken).toEqual([]);
    },
  );

  test('is 404 where none are taken', async () => {
    const other = await startTinyServer();
    try {
      expect((await fetch(`${other.origin}/webhooks/alpha`, { method: 'POST', body: '{}' })).status).toBe(
        404,
      );
    } finally {
      await other.close();
    }
  });
});
