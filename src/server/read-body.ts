import type { IncomingMessage } from 'node:http';

import type { Refusal } from './refusal.ts';

export type BodyRead =
  | { readonly text: string; readonly refusal: null }
  | { readonly text: null; readonly refusal: Refusal };
export type BytesRead =
  | { readonly bytes: Buffer; readonly refusal: null }
  | { readonly bytes: null; readonly refusal: Refusal };

/** The whole body as text, as `readBytes` reads it. */
export async function readBody(request: IncomingMessage, maxBytes: number): Promise<BodyRead> {
  const { bytes, refusal } = await readBytes(request, maxBytes);
  return refusal === null ? { text: bytes.toString('utf8'), refusal } : { text: null, refusal };
}

/** The whole body, at most `maxBytes` of it, whatever Content-Length says and also when it says nothing. */
export async function readBytes(request: IncomingMessage, maxBytes: number): Promise<BytesRead> {
  if (Number(request.headers['content-length'] ?? 0) > maxBytes) return tooLarge(maxBytes);
  const { promise, resolve, reject } = Promise.withResolvers<BytesRead>();
  const chunks: Buffer[] = [];
  let bytes = 0;
  request.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes <= maxBytes) chunks.push(chunk);
    else resolve(tooLarge(maxBytes));
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
