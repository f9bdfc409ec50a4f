import { createHmac } from 'node:crypto';

/** A delivery as a source sends it. */
export interface Delivery {
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
}

export function signedBody(secret: string, body: string): Delivery {
  const hex = createHmac('sha256', secret).update(body).digest('hex');
  return { body, headers: { 'x-webhook-signature': `sha256=${hex}` } };
}

export function signedWithTime(
  secret: string,
  body: string,
  seconds = Math.floor(Date.now() / 1000),
): Delivery {
  const hex = createHmac('sha256', secret).update(`${seconds}.${body}`).digest('hex');
  return { body, headers: { 'finogates-signature': `t=${seconds},v1=${hex}` } };
}

/** Headers as a server gives them. */
export function listed(headers: Delivery['headers']): Readonly<Record<string, readonly string[]>> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value]]));
}

/** Posts to the webhook route beside a gateway's GraphQL. @returns the HTTP status */
export async function deliver(graphqlUrl: string, source: string, delivery: Delivery): Promise<number> {
  const response = await fetch(new URL(`/webhooks/${source}`, graphqlUrl), {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...delivery.headers },
    body: delivery.body,
  });
  await response.arrayBuffer();
  return response.status;
}

let lastEvent = 0;

/** An event as Upvest's document has it, about a check that the simulator holds. */
export function checkEvent(
  check: { readonly id: string; readonly user_id: string; readonly [field: string]: unknown },
  said: {
    readonly id?: string;
    readonly type?: string;
    readonly status?: unknown;
    readonly createdAt?: string;
  } = {},
) {
  lastEvent += 1;
  const { status = check['status'], type = `USER_CHECK.${String(status)}` } = said;
  return {
    id: said.id ?? `event-${lastEvent}`,
    created_at: said.createdAt ?? '2026-11-19T13:06:57.820371265Z',
    type,
    object: { ...check, status },
    webhook_id: '1b097e06-8a14-4181-b72a-de0972a3c57b',
  };
}
