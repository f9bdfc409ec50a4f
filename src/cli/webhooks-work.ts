import { stringify } from 'csv-stringify/sync';

import { openGatewayStore, storePlaceOf } from '#gateway';
import { toDateTime } from '#kyc/instant';
import { partsOf } from '#store/parts';
import { MAX_REPLAYED } from '#store/webhook-events/put-aside';
import { readPutAside } from '#store/webhook-events/read-put-aside';

import { auditAct } from './audit-act.ts';
import { exitCode } from './exit-code.ts';
import { orExplain } from './or-explain.ts';
import { readSettingsOrExplain } from './read-settings.ts';

const COLUMNS = ['id', 'source', 'received_at', 'reason', 'attempts'];

export async function listPutAside(): Promise<void> {
  const settings = readSettingsOrExplain();
  if (settings === null) return;
  await orExplain(async () => {
    const rows = (await readPutAside(storePlaceOf(settings))).map((event) => ({
      id: event.id,
      source: event.source,
      received_at: toDateTime(event.receivedAt),
      reason: event.reason,
      attempts: event.attempts,
    }));
    process.stdout.write(stringify(rows, { header: true, columns: COLUMNS, escape_formulas: true }));
  });
}

export async function replayEvents(ids: readonly string[]): Promise<void> {
  const settings = readSettingsOrExplain();
  if (settings === null) return;
  await orExplain(async () => {
    const known = new Set((await readPutAside(storePlaceOf(settings))).map(({ id }) => id));
    const found = ids.filter((id) => known.has(id));
    // So that a store with nothing to replay is not opened, though a gateway owns it.
    const replayed = found.length === 0 ? 0 : await replay(settings, found);
    process.stderr.write(`Replayed: ${replayed} of ${ids.length} events.\n`);
    if (replayed < ids.length) process.exitCode = exitCode.FAILED;
  });
}

async function replay(
  settings: Parameters<typeof openGatewayStore>[0],
  ids: readonly string[],
): Promise<number> {
  const { store } = await openGatewayStore(settings);
  try {
    await auditAct(store, 'REPLAY', null);
    let replayed = 0;
    for (const part of partsOf(ids, MAX_REPLAYED))
      replayed += (await store.webhookEvents.replay(part)).length;
    return replayed;
  } finally {
    await store.close();
  }
}
