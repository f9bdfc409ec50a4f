import { signBody } from '#sources/webhook-proof';

import type { CanaryRun } from './canary-run.ts';

interface Named {
  readonly identity: { readonly source: string; readonly externalId: string };
}

/** Webhooks about each of these people, proven and not, with payloads that tell of people. */
export async function callWebhooks(run: CanaryRun, gateway: string, people: readonly Named[]): Promise<void> {
  const said = 'gemeldet-é-31cc';
  run.keep('said by a webhook', said);
  let taken = 0;
  for (const { source, externalId } of people.map(({ identity }) => identity)) {
    const about = { customer_id: externalId, user_id: externalId, accountId: externalId, externalId };
    const data = { email: said, name: run.world.people[0]?.familyName };
    const body = JSON.stringify({ event: said, ...about, data });
    const secret = run.environment[`${source}_WEBHOOK_SECRET`] ?? '';
    const url = new URL(`/webhooks/${source.toLowerCase()}`, gateway).href;
    for (const headers of [
      signBody(secret, body),
      signBody(said, body),
      { 'finogates-signature': 'v1=no' },
    ]) {
      const { status } = await run.ask(url, { where: 'a webhook', headers, body });
      taken += status === 200 ? 1 : 0;
    }
  }
  if (taken === 0) throw new Error('No webhook was taken.');
}
