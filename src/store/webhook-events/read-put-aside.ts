import { readBeside, type StorePlace } from '#store/read-beside';

import { putAsideOf } from './put-aside.ts';
import type { PutAsideEvent } from './webhook-events.ts';

const NO_STORE = 'There is no store of this version there: start the gateway once.';

/**
 * All events that are put aside, newest first, from a store that is only read: beside a running gateway too.
 * @throws StoreRefusedError when there is no store, it cannot be used, or it is of another version
 */
export async function readPutAside(place: StorePlace): Promise<readonly PutAsideEvent[]> {
  return await readBeside(place, NO_STORE, async (database) => {
    const rows = await database
      .selectFrom('webhook_events')
      .select(['id', 'source', 'received_at', 'reason', 'attempts'])
      .where('state', '=', 'PUT_ASIDE')
      .orderBy('received_at', 'desc')
      .orderBy('id')
      .execute();
    return rows.map(putAsideOf);
  });
}
