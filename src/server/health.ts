import type { ServerResponse } from 'node:http';

/** The process lives and its event loop turns. */
export function answerHealth(response: ServerResponse): void {
  answer(response, 200, { status: 'ok' });
}

/** Stable: the store does not answer, or it answers and cannot be written; or this process is to end. */
export type NotReady = 'STORE_UNAVAILABLE' | 'STORE_NOT_WRITABLE' | 'ENDING';

/** Whether requests can be answered now; `whyNot` gives null when they can. A check that fails says no and nothing more. */
export async function answerReady(
  response: ServerResponse,
  whyNot: () => Promise<NotReady | null>,
): Promise<void> {
  const code = await whyNot().catch(() => 'STORE_UNAVAILABLE' as const);
  if (code === null) answer(response, 200, { status: 'ready' });
  else answer(response, 503, { status: 'not ready', code });
}

function answer(response: ServerResponse, status: number, body: { status: string; code?: string }): void {
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8' });
  response.end(JSON.stringify(body));
}
