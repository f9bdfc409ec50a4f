import type { WebSocket } from 'ws';

/** What may wait to be sent before no more is read from who does not take it: their pings are answered too. */
const MAX_UNSENT_BYTES = 65_536;

/** Sends to one client, each message awaited, so that nothing more is made for who does not take it. */
export class SocketSender {
  readonly #socket: WebSocket;
  readonly #slowReaderMs: number;
  readonly #onSlow: () => void;

  constructor(socket: WebSocket, slowReaderMs: number, onSlow: () => void) {
    this.#socket = socket;
    this.#slowReaderMs = slowReaderMs;
    this.#onSlow = onSlow;
  }

  /** Resolves when it has left the process, and when there is nobody to send it to any more. */
  async send(text: string): Promise<void> {
    const socket = this.#socket;
    if (socket.readyState !== socket.OPEN) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(this.#onSlow, this.#slowReaderMs);
    socket.send(text, () => resolve());
    if (socket.bufferedAmount > MAX_UNSENT_BYTES) socket.pause();
    await promise;
    clearTimeout(timer);
    if (socket.isPaused && socket.bufferedAmount <= MAX_UNSENT_BYTES) socket.resume();
  }
}
