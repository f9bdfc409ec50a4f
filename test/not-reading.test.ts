import { unsubscribe as offMessage, subscribe as onMessage } from 'node:diagnostics_channel';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, expect, test } from 'vitest';
import { WebSocket } from 'ws';

import { readSettings } from '#settings';
import { rooms } from '#sources/index';

import { listenByEvents } from './changing-grants/listener.ts';
import { People, SOURCES } from './changing-grants/people.ts';
import { until } from './harness/until.ts';
import { NOTHING_SHARED, startSharingGateway } from './interleaved/sharing-gateway.ts';

const PATIENCE_MS = 60_000;
/** So large that few events fill what the system keeps for a connection, which is megabytes between two of one machine. */
const LARGE = ['cursor', 'id', 'verificationId']
  .flatMap((field) => Array.from({ length: 49 }, (_, at) => `${field}${at}: ${field}`))
  .join(' ');
const query = (after = '') => `subscription { statusChanged${after} { verificationId sequence ${LARGE} } }`;
const EVENT_BYTES = 16 * 1024;
const EVERYBODY = Array.from({ length: 26 }, (_, at) => at);

let folder: string;
let gateway: Awaited<ReturnType<typeof startSharingGateway>>;
let people: People;
/** The gateway's ends of all connections, in the order in which they came. */
const accepted: Socket[] = [];
const note = (message: unknown) => void accepted.push((message as { readonly socket: Socket }).socket);

beforeAll(async () => {
  onMessage('net.server.socket', note);
  folder = mkdtempSync(join(tmpdir(), 'kyc-not-reading-'));
  const settings = { DATA_DIR: folder, PORT: '0', FINX_URL: 'http://127.0.0.1:9', FINX_TOKEN: 'none' };
  const times = { slowReaderMs: 1000, lastWordsMs: 100 };
  gateway = await startSharingGateway(readSettings(settings, rooms), NOTHING_SHARED, times);
  people = new People(gateway.store);
  await people.move(EVERYBODY, SOURCES[0]);
});
afterAll(async () => {
  offMessage('net.server.socket', note);
  await gateway[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true, force: true });
});

/** Asks for all that comes, and takes none of it. */
interface Deaf {
  readonly by: 'SSE' | 'WS';
  readonly socket: Socket;
}

async function openEvents(): Promise<Deaf> {
  const { hostname, port, host } = new URL(gateway.url);
  const socket = connect(Number(port), hostname).pause();
  await once(socket, 'connect');
  const body = JSON.stringify({ query: query() });
  socket.write(
    `POST /graphql HTTP/1.1\r\nhost: ${host}\r\ncontent-type: application/json\r\naccept: text/event-stream\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
  );
  return { by: 'SSE', socket };
}

async function openSocket(): Promise<Deaf> {
  const client = new WebSocket(gateway.url.replace('http', 'ws'), 'graphql-transport-ws');
  await once(client, 'open');
  client.send('{"type":"connection_init"}');
  await once(client, 'message');
  client.send(JSON.stringify({ type: 'subscribe', id: '1', payload: { query: query() } }));
  const { _socket: socket } = client as unknown as { readonly _socket: Socket };
  // From here on its bytes are taken by whoever reads the socket.
  client.pause();
  return { by: 'WS', socket };
}

/** All that was sent to it, read at last. */
async function textOf({ socket }: Deaf): Promise<string> {
  const chunks: Buffer[] = [];
  socket.removeAllListeners('data');
  socket.on('data', (data: Buffer) => void chunks.push(data));
  socket.resume();
  await until('the end is heard', () => socket.readableEnded || socket.destroyed, PATIENCE_MS);
  return Buffer.concat(chunks).toString('latin1');
}

/** Events whose text is whole. */
function rowsIn(text: string): readonly string[] {
  const events = text.matchAll(
    /"statusChanged":\{"verificationId":"([^"]+)","sequence":(\d+),[^}]*\}\},"extensions":\{"cursor":"([^"]+)"/g,
  );
  return [...events].map(([, id, sequence, cursor]) => `${id} ${sequence} ${cursor}`);
}
const rowOf = (told: string) => told.split(' ').slice(0, 2).join(' ');

test('who does not read takes little, costs nobody an event, is closed, and resumes without a loss', async () => {
  const heard: string[] = [];
  const reader = await listenByEvents({
    url: gateway.url,
    token: 'none',
    query: query(),
    hear: (text) => heard.push(...rowsIn(text).map(rowOf)),
    ended: (why) => heard.push(why),
  });
  const before = accepted.length;
  const deaf = [];
  for (let count = 0; count < 3; count += 1) deaf.push(await openEvents(), await openSocket());
  await until('all are served', () => gateway.logTail.followers === deaf.length + 1, PATIENCE_MS);
  const ends = accepted.slice(before);
  expect(ends).toHaveLength(deaf.length);

  const first = people.written.length;
  const hasHeardAll = () => heard.length === people.written.length - first;
  const most = ends.map(() => 0);
  // Until each of them is full, and then until each was closed: whoever reads hears all meanwhile.
  while (!ends.every(({ destroyed }) => destroyed)) {
    await people.move(EVERYBODY, SOURCES[0]);
    await until('who reads has heard all', hasHeardAll, PATIENCE_MS);
    for (const [at, { writableLength }] of ends.entries()) most[at] = Math.max(most[at] ?? 0, writableLength);
  }
  // One event, its last words, and what a protocol adds; never what came since.
  for (const held of most) expect(held).toBeLessThan(2 * EVENT_BYTES);
  expect(Math.max(...most)).toBeGreaterThan(EVENT_BYTES / 4);
  await until('nobody follows for them', () => gateway.logTail.followers === 1, PATIENCE_MS);

  const written = people.written.slice(first).map((row) => `${row.verificationId} ${row.sequence}`);
  expect(heard).toEqual(written);
  for (const one of deaf) {
    const taken = rowsIn(await textOf(one));
    const cursor = taken.at(-1)?.split(' ')[2] ?? '';
    expect(taken.length).toBeGreaterThan(0);
    expect(taken.length).toBeLessThan(written.length);
    const since: string[] = [];
    const stop = await listenByEvents({
      url: gateway.url,
      token: 'none',
      query: query(`(after: "${cursor}")`),
      hear: (text) => since.push(...rowsIn(text).map(rowOf)),
      ended: (why) => since.push(why),
    });
    await until('it has caught up', () => taken.length + since.length >= written.length, PATIENCE_MS);
    expect([...taken.map(rowOf), ...since]).toEqual(written);
    stop();
  }
  reader();
}, 120_000);
