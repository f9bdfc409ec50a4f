import { slicePage } from '#kyc/slice-page';
import type { PutAsideEvent } from '#store/webhook-events/webhook-events';

import type { GraphContext } from '../context.ts';

export interface FakePutAside {
  /** Newest first. */
  readonly putAside?: readonly PutAsideEvent[];
}

export function createFakeWebhookEvents(
  { putAside = [] }: FakePutAside,
  calls: string[],
): GraphContext['webhookEvents'] {
  const of = (source: string | undefined) =>
    putAside.filter((event) => source === undefined || event.source === source);
  return {
    pagePutAside: async ({ filter, page }) =>
      slicePage(of(filter.source), page, ({ receivedAt, id }) => ({ value: receivedAt, id }), 'DESC'),
    countPutAside: async ({ source }) => of(source).length,
    readPutAside: async (id) => putAside.find((event) => event.id === id) ?? null,
    replay: async (ids) => {
      calls.push(`replay ${ids.join(' ')}`);
      return ids.filter((id) => putAside.some((event) => event.id === id));
    },
  };
}
