import type { IncomingMessage } from 'node:http';

import type { Refusal } from './refusal.ts';

export type BodyRead =
  | { readonly text: string; readonly refusal: null }
  | { readonly text: null; readonly refusal: Refusal };

/** The whole body as text, at most `maxBytes` of it, whatever Content-Length says and also when it says nothing. */
export async function readBody(request: IncomingMessage, maxBytes: number): Promise<BodyRead> {
  if (Number(request.headers['content-length'] ?? 0) > maxBytes) return tooLarge(maxBytes);
  const { promise, resolve, reject } = Promise.withResolvers<BodyRead>();
  const chunks: Buffer[] = [];
  let bytes = 0;
  request.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes <= maxBytes) chunks.push(chunk);
    else resolve(tooLarge(maxBytes));
  });
  request.once('end', () => resolve({ text: Buffer.concat(chunks).toString('utf8'), refusal: null }));
  request.once('error', reject);
  request.once('close', () => reject(new Error('The connection was closed within the body.')));
  return await promise;
}

function tooLarge(maxBytes: number): BodyRead {
  return {
    text: null,
    refusal: {
      status: 413,
      code: 'BAD_USER_INPUT',
      message: `A request body has at most ${maxBytes} bytes.`,
    },
  };
}
