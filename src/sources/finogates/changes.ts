import { createHmac } from 'node:crypto';

import { namedIn } from '#sources/named-user';
import { isHmac, onlyHeader } from '#sources/webhook-proof';
import { type DeliveryProof, type EventRead, hintAt, parseEvent, unusable } from '#sources/webhooks';

const FORM = /^t=(\d{1,12}),v1=([0-9a-f]{64})$/;
/** Older than this, or as far ahead of our clock, a delivery is refused. */
const WINDOW_MS = 300_000;

/** `Finogates-Signature: t=<seconds>,v1=<hex>`: HMAC-SHA256 over the time as it stands there, a dot and the body. */
export function proveByTime(secret: string): DeliveryProof {
  return (delivery) => {
    const [, seconds, hex] = FORM.exec(onlyHeader(delivery, 'finogates-signature')) ?? [];
    if (seconds === undefined || hex === undefined) return false;
    const isRecent = Math.abs(delivery.nowMs - 1000 * Number(seconds)) <= WINDOW_MS;
    return isHmac(secret, [`${seconds}.`, delivery.body], hex) && isRecent;
  };
}

/** The header that `proveByTime` looks at. @param seconds of the epoch */
export function signWithTime(
  secret: string,
  body: string,
  seconds: number,
): Readonly<Record<string, string>> {
  const hex = createHmac('sha256', secret).update(`${seconds}.${body}`).digest('hex');
  return { 'finogates-signature': `t=${seconds},v1=${hex}` };
}

/**
 * The payload carries user_id and kyc_status alone, and ids of events that are no ids: it says that something changed,
 * and whose. The list is read again.
 */
export function readEvent(text: string): EventRead {
  const parsed = parseEvent(text);
  if (parsed.event === null) return unusable(parsed.unusable);
  const externalUserId = namedIn(parsed.event, 'user_id');
  const { type } = parsed.event;
  if (typeof type === 'string')
    return type.startsWith('kyc.') ? hintAt({ externalUserId }) : unusable('UNKNOWN_TYPE');
  return externalUserId === null ? unusable('NOT_AN_EVENT') : hintAt({ externalUserId });
}
