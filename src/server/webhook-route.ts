import type { IncomingMessage, ServerResponse } from 'node:http';

import type { Logger } from '#log';

import { BodyRoom } from './body-room.ts';
import { readBytes } from './read-body.ts';
import { type Refusal, refuse } from './refusal.ts';

/** Where sources tell of changes by themselves; given by the composition root. */
export interface Webhooks {
  /** Whether webhooks are taken under this name. */
  takes(name: string): boolean;
  /**
   * False when the signature is not that of the source; true when all that was told is stored.
   * @throws when it could not be stored: the source is to try again
   */
  take(name: string, delivery: WebhookRequest): Promise<boolean>;
}

export interface WebhookRequest {
  /** By name in lower case; each value that was sent. */
  readonly headers: Readonly<Record<string, readonly string[] | undefined>>;
  /** Byte for byte as sent. */
  readonly body: Uint8Array;
}

const PATH = /^\/webhooks\/([a-z0-9]+)$/;
/** A batch may hold many events, each with all that its source says of a record. */
const MAX_BODY_BYTES = 1_048_576;
/** Of all bodies that are coming: who sends them is known only when they are there. */
const MAX_COMING_BYTES = 32 * MAX_BODY_BYTES;

/** The same whatever was wrong with it. */
const NOT_PROVEN: Refusal = {
  status: 401,
  code: 'UNAUTHENTICATED',
  message: 'The signature is not one of this source.',
};
const NOT_STORED: Refusal = {
  status: 503,
  code: 'STORE_UNAVAILABLE',
  message: 'It could not be stored: send it again later.',
  headers: { 'retry-after': '5' },
};
const NOT_POSTED: Refusal = {
  status: 405,
  code: 'BAD_USER_INPUT',
  message: 'Webhooks are sent by POST.',
  headers: { allow: 'POST' },
};

/** What a server has for the bodies of webhooks that are coming. */
export function createWebhookRoom(): BodyRoom {
  return new BodyRoom(MAX_COMING_BYTES);
}

/**
 * The name under which a request is a webhook; null for what is none. Guards by Host, Origin and forwarding do not fit
 * it: it may come through any proxy, and what it may do follows from its signature alone.
 */
export function webhookNameOf({ url }: IncomingMessage, webhooks: Webhooks | null): string | null {
  const [path = ''] = (url ?? '').split('?', 1);
  const [, name] = PATH.exec(path) ?? [];
  return name !== undefined && webhooks?.takes(name) === true ? name : null;
}

/** Answers when all is stored, whatever it is worth: a source may hold all later ones back until it hears 200. */
export async function answerWebhook(
  request: IncomingMessage,
  response: ServerResponse,
  to: {
    readonly webhooks: Webhooks;
    readonly name: string;
    readonly log: Logger;
    readonly requestId: string;
    readonly room: BodyRoom;
  },
): Promise<void> {
  const { webhooks, name, log, requestId, room } = to;
  if (request.method !== 'POST') return refuse(request, response, NOT_POSTED);
  const read = await readBytes(request, MAX_BODY_BYTES, room);
  if (read.refusal !== null) return refuse(request, response, read.refusal);
  try {
    const isTaken = await webhooks.take(name, { headers: request.headersDistinct, body: read.bytes });
    if (!isTaken) return refuse(request, response, NOT_PROVEN);
  } catch (error) {
    log.error('A webhook could not be stored.', { requestId, error });
    return refuse(request, response, NOT_STORED);
  }
  response.writeHead(200, { 'content-length': '0' }).end();
}
