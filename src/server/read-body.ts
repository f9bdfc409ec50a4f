import type { IncomingMessage } from 'node:http';

import type { BodyRoom } from './body-room.ts';
import type { Refusal } from './refusal.ts';

export type BodyRead =
  | { readonly text: string; readonly refusal: null }
  | { readonly text: null; readonly refusal: Refusal };
export type BytesRead =
  | { readonly bytes: Buffer; readonly refusal: null }
  | { readonly bytes: null; readonly refusal: Refusal };

/** What a piece of a body takes beside its bytes: it may come in a million of them. */
const PIECE_BYTES = 256;
const NO_ROOM: BytesRead = {
  bytes: null,
  refusal: {
    status: 503,
    code: 'RATE_LIMITED',
    message: 'Too much is sent at once: send it again later.',
    headers: { 'retry-after': '5' },
  },
};

/** The whole body as text, as `readBytes` reads it. */
export async function readBody(request: IncomingMessage, maxBytes: number): Promise<BodyRead> {
  const { bytes, refusal } = await readBytes(request, maxBytes);
  return refusal === null ? { text: bytes.toString('utf8'), refusal } : { text: null, refusal };
}

/**
 * The whole body, at most `maxBytes` of it, whatever Content-Length says and also when it says nothing.
 * @param room for bodies of who is not known yet; who loses their place in it is to come again
 */
export async function readBytes(
  request: IncomingMessage,
  maxBytes: number,
  room: BodyRoom | null = null,
): Promise<BytesRead> {
  if (Number(request.headers['content-length'] ?? 0) > maxBytes) return tooLarge(maxBytes);
  const { promise, resolve, reject } = Promise.withResolvers<BytesRead>();
  const chunks: Buffer[] = [];
  let bytes = 0;
  let isRefused = false;
  const refuse = (refused: BytesRead) => {
    isRefused = true;
    chunks.length = 0;
    resolve(refused);
  };
  using place = room?.enter(() => refuse(NO_ROOM));
  request.on('data', (chunk: Buffer) => {
    if (isRefused) return;
    bytes += chunk.length;
    chunks.push(chunk);
    if (bytes > maxBytes) refuse(tooLarge(maxBytes));
    else place?.add(chunk.length + PIECE_BYTES);
  });
  request.once('end', () => resolve({ bytes: Buffer.concat(chunks), refusal: null }));
  request.once('error', reject);
  request.once('close', () => reject(new Error('The connection was closed within the body.')));
  return await promise;
}

function tooLarge(maxBytes: number): BytesRead {
  return {
    bytes: null,
    refusal: {
      status: 413,
      code: 'BAD_USER_INPUT',
      message: `A request body has at most ${maxBytes} bytes.`,
    },
  };
}
