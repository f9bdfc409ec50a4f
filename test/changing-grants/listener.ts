import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';

import { WebSocket } from 'ws';

/** What came of a subscription, as its text, at this moment. */
export type Hear = (text: string) => void;
export interface Listening {
  readonly url: string;
  readonly token: string;
  readonly query: string;
  readonly hear: Hear;
  /** Ended though nobody ended it. */
  readonly ended: (why: string) => void;
}

/** Listens until told to stop: each event is heard within the turn of the loop in which it arrives. */
export type Listen = (listening: Listening) => Promise<() => void>;

export const listenByEvents: Listen = async ({ url, token, query, hear, ended }) => {
  const asking = request(url, {
    method: 'POST',
    agent: false,
    headers: {
      authorization: `Bearer ${token}`,
      'content-type': 'application/json',
      accept: 'text/event-stream',
    },
  });
  asking.end(JSON.stringify({ query }));
  const [response] = (await once(asking, 'response')) as [IncomingMessage];
  if (response.statusCode !== 200) throw new Error(`Answered ${response.statusCode}.`);
  let rest = '';
  response.setEncoding('utf8').on('data', (text: string) => {
    const events = (rest + text).split('\n\n');
    rest = events.pop() ?? '';
    for (const event of events) {
      const [, data] = /^data: (.+)$/m.exec(event) ?? [];
      if (data !== undefined) hear(data);
    }
  });
  const tell = () => ended('closed');
  response.once('close', tell);
  return () => {
    response.off('close', tell);
    asking.destroy();
  };
};

export const listenBySocket: Listen = async ({ url, token, query, hear, ended }) => {
  const headers = { authorization: `Bearer ${token}` };
  const socket = new WebSocket(url.replace('http', 'ws'), 'graphql-transport-ws', { headers });
  await once(socket, 'open');
  socket.send('{"type":"connection_init"}');
  await once(socket, 'message');
  const tell = (code: number) => ended(`closed by ${code}`);
  socket.on('close', tell);
  const hasBegun = Promise.withResolvers<void>();
  socket.on('message', (data: Buffer) => {
    const message = JSON.parse(data.toString()) as { type: string; payload?: unknown };
    hasBegun.resolve();
    if (message.type === 'next') hear(JSON.stringify(message.payload));
    else if (message.type !== 'ping') ended(message.type);
  });
  socket.send(JSON.stringify({ type: 'subscribe', id: '1', payload: { query } }));
  // The position at which it begins.
  await hasBegun.promise;
  return () => {
    socket.off('close', tell);
    socket.terminate();
  };
};
