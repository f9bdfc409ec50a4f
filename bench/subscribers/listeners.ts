/** Clients of one gateway, in a process of their own: they read and take the time, or never read. */
import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { connect, type Socket } from 'node:net';

import { WebSocket } from 'ws';

import { answer } from './peer.ts';

export interface Subscriber {
  /** What its latencies are told under. */
  readonly group: string;
  readonly token: string;
  readonly query: string;
  readonly variables?: Readonly<Record<string, unknown>>;
  readonly by: 'SSE' | 'WS';
}
/** Milliseconds from when the change was taken in (StatusChange.observedAt) until it was here. */
const latenciesMs = new Map<string, number[]>();
const OBSERVED_AT = /"observedAt":"([^"]+)"/g;
const deaf: { readonly socket: Socket; readonly close: () => void }[] = [];
const ended: string[] = [];

function hear(group: string, text: string): void {
  const hereMs = Date.now();
  const list = latenciesMs.get(group) ?? [];
  latenciesMs.set(group, list);
  for (const [, at = ''] of text.matchAll(OBSERVED_AT)) list.push(hereMs - Date.parse(at));
}

async function open(url: string, subscribers: readonly Subscriber[]): Promise<void> {
  for (const subscriber of subscribers)
    await (subscriber.by === 'SSE' ? openEvents(url, subscriber) : openSocket(url, subscriber));
}

async function openEvents(url: string, { group, token, query, variables }: Subscriber): Promise<void> {
  const asking = request(url, { method: 'POST', agent: false, headers: headersOf(token) });
  asking.end(JSON.stringify({ query, variables }));
  const [response] = (await once(asking, 'response')) as [IncomingMessage];
  if (response.statusCode !== 200) throw new Error(`${group} was answered ${response.statusCode}.`);
  let rest = '';
  response.setEncoding('utf8').on('data', (text: string) => {
    const end = (rest + text).lastIndexOf('\n\n');
    hear(group, (rest + text).slice(0, end + 1));
    rest = (rest + text).slice(end + 1);
  });
  response.once('close', () => ended.push(group));
}

async function openSocket(url: string, { group, token, query, variables }: Subscriber): Promise<WebSocket> {
  const socket = new WebSocket(url.replace('http', 'ws'), 'graphql-transport-ws', {
    headers: { authorization: `Bearer ${token}` },
  });
  await once(socket, 'open');
  socket.send('{"type":"connection_init"}');
  await once(socket, 'message');
  socket.on('message', (data: Buffer) => hear(group, data.toString()));
  socket.on('close', () => ended.push(group));
  socket.send(JSON.stringify({ type: 'subscribe', id: '1', payload: { query, variables } }));
  return socket;
}

/** Clients that subscribe and take nothing of what they are sent. */
async function openDeaf(url: string, subscribers: readonly Subscriber[]): Promise<void> {
  for (const subscriber of subscribers) {
    const socket = await (subscriber.by === 'SSE'
      ? deafEvents(url, subscriber)
      : deafSocket(url, subscriber));
    deaf.push(socket);
  }
}

async function deafEvents(url: string, { token, query }: Subscriber): Promise<(typeof deaf)[number]> {
  const { hostname, port, pathname } = new URL(url);
  const body = JSON.stringify({ query });
  const socket = connect({ host: hostname, port: Number(port) }).pause();
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  const lines = Object.entries(headersOf(token)).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.write(
    `POST ${pathname} HTTP/1.1\r\nhost: ${hostname}:${port}\r\n${lines.join('')}content-length: ${body.length}\r\n\r\n${body}`,
  );
  return { socket, close: () => socket.destroy() };
}

async function deafSocket(url: string, subscriber: Subscriber): Promise<(typeof deaf)[number]> {
  const client = await openSocket(url, { ...subscriber, group: 'deaf' });
  client.on('error', () => undefined);
  client.pause();
  const { _socket: socket } = client as unknown as { readonly _socket: Socket };
  return { socket, close: () => client.terminate() };
}

function headersOf(token: string): Record<string, string> {
  return {
    authorization: `Bearer ${token}`,
    'content-type': 'application/json',
    accept: 'text/event-stream',
  };
}

/** What those that did not read find when they read in the end: how many have a cursor to go on from. */
async function readAtLast(): Promise<{ bytes: number; withCursor: number; closed: number }> {
  let [bytes, withCursor, closed] = [0, 0, 0];
  await Promise.all(
    deaf.map(async ({ socket }) => {
      let last = '';
      socket.on('data', (data: Buffer) => {
        bytes += data.length;
        last = (last + data.toString('latin1')).slice(-4000);
      });
      socket.resume();
      const hasClosed =
        socket.closed || (await Promise.race([once(socket, 'end').then(() => true), quiet()]));
      closed += hasClosed ? 1 : 0;
      withCursor += /\nid: |"cursor":"/.test(last) ? 1 : 0;
    }),
  );
  return { bytes, withCursor, closed };
}

function quiet(): Promise<boolean> {
  return new Promise((resolve) => setTimeout(resolve, 10_000, false));
}

answer({
  open,
  openDeaf,
  readAtLast,
  closeDeaf: () => {
    for (const { close } of deaf.splice(0)) close();
  },
  /** What was heard since it was last asked. */
  take: () => {
    const taken = Object.fromEntries(latenciesMs);
    latenciesMs.clear();
    return { taken, ended: ended.splice(0).length };
  },
});
