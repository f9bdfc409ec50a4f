import type { ServerResponse } from 'node:http';

/** The process lives and its event loop turns. */
export function answerHealth(response: ServerResponse): void {
  answer(response, 200, 'ok');
}

/** Whether requests can be answered now. A check that fails says no and nothing more. */
export async function answerReady(response: ServerResponse, isReady: () => Promise<boolean>): Promise<void> {
  const ready = await isReady().catch(() => false);
  answer(response, ready ? 200 : 503, ready ? 'ready' : 'not ready');
}

function answer(response: ServerResponse, status: number, word: string): void {
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8' });
  response.end(JSON.stringify({ status: word }));
}
