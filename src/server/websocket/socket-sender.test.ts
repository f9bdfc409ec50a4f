import { expect, test, vi } from 'vitest';
import type { WebSocket } from 'ws';

import { SocketSender } from './socket-sender.ts';

/** A socket that sends when a test says so. */
function fakeSocket() {
  const sent: (() => void)[] = [];
  const socket = {
    OPEN: 1,
    readyState: 1,
    bufferedAmount: 0,
    isPaused: false,
    pause: () => void (socket.isPaused = true),
    resume: () => void (socket.isPaused = false),
    send: (text: string, onSent: () => void) => {
      socket.bufferedAmount += text.length;
      sent.push(() => {
        socket.bufferedAmount -= text.length;
        onSent();
      });
    },
  };
  return { socket, sent, sender: new SocketSender(socket as unknown as WebSocket, 60_000, vi.fn()) };
}

test('who does not take answers is not read from until they did', async () => {
  const { socket, sent, sender } = fakeSocket();
  const first = sender.send('x'.repeat(60_000));
  expect(socket.isPaused).toBe(false);
  const second = sender.send('x'.repeat(60_000));
  expect(socket.isPaused).toBe(true);
  sent[0]?.();
  await first;
  expect(socket.isPaused).toBe(false);
  sent[1]?.();
  await second;
});

test('nothing is sent to who is gone', async () => {
  const { socket, sent, sender } = fakeSocket();
  socket.readyState = 3;
  await sender.send('x');
  expect(sent).toEqual([]);
});
