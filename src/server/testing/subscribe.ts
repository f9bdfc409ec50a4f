import { openSocket } from './socket-client.ts';
import type { TinyServer } from './tiny-server.ts';

/** The answer to a subscription by server-sent events, whose end a test does not wait for. */
export async function events(
  at: Pick<TinyServer, 'url'>,
  query: string,
  init: RequestInit & { method?: 'GET' | 'POST' } = {},
) {
  const { method = 'GET', headers } = init;
  const accept = { accept: 'text/event-stream', ...(headers as Record<string, string>) };
  if (method === 'GET')
    return await fetch(`${at.url}?query=${encodeURIComponent(query)}`, { ...init, headers: accept });
  const json = { 'content-type': 'application/json', ...accept };
  return await fetch(at.url, { ...init, headers: json, body: JSON.stringify({ query }) });
}

/** What comes until it matches; then the client goes away. */
export async function hear({ body }: Response, until: RegExp): Promise<string> {
  const reader = (body as ReadableStream<Uint8Array>).getReader();
  const decoder = new TextDecoder();
  let heard = '';
  while (!until.test(heard)) {
    const { done, value } = await reader.read();
    if (done) throw new Error(`The end came before ${String(until)}.`);
    heard += decoder.decode(value, { stream: true });
  }
  await reader.cancel();
  return heard;
}

/** A WebSocket that has said who it is. */
export async function connect(at: Pick<TinyServer, 'url'>) {
  const client = await openSocket(at.url.replace('http', 'ws'));
  await client.init();
  return client;
}
