import { rooms } from '#sources/index';
import type { Store } from '#store/store';
import type { PutAsideEvent } from '#store/webhook-events/webhook-events';
import { WebhookIntake } from '#sync/webhook-intake';

import type { Bench } from './bench.ts';
import { type Delivery, listed } from './webhooks.ts';

/** What every source of a bench proves its webhooks by. */
export const SECRET = 'a secret of all sources';
export const SECRETS: Readonly<Record<string, string>> = Object.fromEntries(
  rooms.map(({ descriptor: { id } }) => [`${id}_WEBHOOK_SECRET`, SECRET]),
);

/** Takes deliveries in as the server would, without a worker that hears of it. @throws Error for one that is not proven */
export async function tell(bench: Bench, id: string, ...deliveries: readonly Delivery[]): Promise<void> {
  const intake = new WebhookIntake(bench.store, bench.sources, () => undefined);
  for (const { body, headers } of deliveries) {
    const isTaken = await intake.take(id.toLowerCase(), {
      headers: listed(headers),
      body: Buffer.from(body),
    });
    if (!isTaken) throw new Error('It was not taken for proven.');
  }
}

/** The newest of what was put aside. */
export async function putAsideIn({ webhookEvents }: Store): Promise<readonly PutAsideEvent[]> {
  const page = { take: 50, direction: 'FORWARD', after: null, before: null } as const;
  return (await webhookEvents.pagePutAside({ filter: {}, page })).rows;
}
