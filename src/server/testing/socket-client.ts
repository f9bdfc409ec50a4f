import { once } from 'node:events';

import { WebSocket } from 'ws';

interface Message {
  readonly type: string;
  readonly id?: string;
  readonly payload?: unknown;
}

/** A client of graphql-transport-ws that says what a test lets it say, right or wrong. */
export async function openSocket(
  url: string,
  {
    protocol = 'graphql-transport-ws',
    headers = {},
  }: { protocol?: string; headers?: Record<string, string> } = {},
) {
  const socket = new WebSocket(url, protocol, { headers });
  const heard: Message[] = [];
  socket.on('message', (data: Buffer) => void heard.push(JSON.parse(data.toString()) as Message));
  socket.on('error', () => {});
  const closed = new Promise<{ code: number; reason: string }>((resolve) => {
    socket.once('close', (code, reason) => resolve({ code, reason: reason.toString() }));
  });
  await once(socket, 'open');
  const say = (message: object) => socket.send(JSON.stringify(message));
  /** Waits for a message of this type, of this operation where one is named. */
  const hears = async (type: string, id?: string): Promise<Message> => {
    for (;;) {
      const found = heard.find((message) => message.type === type && (id === undefined || message.id === id));
      if (found !== undefined) return found;
      if (socket.readyState === socket.CLOSED) throw new Error(`The socket closed before ${type}.`);
      await Promise.race([once(socket, 'message'), once(socket, 'close')]);
    }
  };
  const init = async (payload?: object): Promise<void> => {
    say({ type: 'connection_init', payload });
    await hears('connection_ack');
  };
  const subscribe = (id: string, query = 'subscription { tick }', more: object = {}) =>
    say({ type: 'subscribe', id, payload: { query, ...more } });
  return { socket, heard, closed, say, hears, init, subscribe };
}
