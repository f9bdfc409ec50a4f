import { createHmac, timingSafeEqual } from 'node:crypto';

import type { DeliveryProof, WebhookDelivery } from './webhooks.ts';

const FORM = /^sha256=([0-9a-f]{64})$/;

/** `X-Webhook-Signature: sha256=<hex>`: HMAC-SHA256 of the body, in lower case. */
export function proveByBody(secret: string): DeliveryProof {
  return (delivery) => {
    const [, hex] = FORM.exec(onlyHeader(delivery, 'x-webhook-signature')) ?? [];
    return hex !== undefined && isHmac(secret, [delivery.body], hex);
  };
}

/** The header that `proveByBody` looks at. */
export function signBody(secret: string, body: string): Readonly<Record<string, string>> {
  return { 'x-webhook-signature': `sha256=${createHmac('sha256', secret).update(body).digest('hex')}` };
}

/** A header that was sent once; empty where it was not. */
export function onlyHeader({ headers }: Pick<WebhookDelivery, 'headers'>, name: string): string {
  const [value = '', ...more] = headers[name] ?? [];
  return more.length === 0 ? value : '';
}

/** In constant time. @param hex 64 digits */
export function isHmac(secret: string, parts: readonly (string | Uint8Array)[], hex: string): boolean {
  const hmac = createHmac('sha256', secret);
  for (const part of parts) hmac.update(part);
  return timingSafeEqual(hmac.digest(), Buffer.from(hex, 'hex'));
}
