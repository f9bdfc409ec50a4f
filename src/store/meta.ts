import { randomBytes } from 'node:crypto';

import { newEpoch } from '#store/epoch/settle-epoch';

import { type Database, StoreRefusedError } from './database.ts';
import { KEY_CHECK, opensKeyCheck, sealKeyCheck } from './key-check.ts';
import { createSealer } from './sealing.ts';
import type { StoreOptions } from './store.ts';

/** What a store knows of itself: written once, when it is made. */
export interface StoreMeta {
  /** Part of every user id that this store makes. */
  readonly storeId: string;
}

/**
 * Reads what the store knows of itself, writing it into a new one.
 * @throws StoreRefusedError for another secret key, or a sandbox store opened for real sources and the other way round
 */
export async function readMeta(database: Database, options: StoreOptions): Promise<StoreMeta> {
  const sealer = createSealer(options.secretKey, 'key-check', options.oldKeys);
  const fresh = {
    store_id: randomBytes(16).toString('hex'),
    epoch: newEpoch(),
    sandbox: options.sandbox ? '1' : '0',
    [KEY_CHECK]: sealKeyCheck(sealer),
  };
  const rows = await database.write.transaction().execute(async (transaction) => {
    await database.dialect.lockAppends(transaction);
    const values = Object.entries(fresh).map(([key, value]) => ({ key, value }));
    const made = await transaction.selectFrom('meta').select('key').executeTakeFirst();
    if (made === undefined) await transaction.insertInto('meta').values(values).execute();
    return await transaction.selectFrom('meta').selectAll().execute();
  });
  const meta = new Map(rows.map(({ key, value }) => [key, value]));
  refuseOtherMark(meta.get('sandbox') === '1', options.sandbox);
  if (!opensKeyCheck(sealer, meta.get(KEY_CHECK) ?? '')) refuseOtherKey();
  return { storeId: meta.get('store_id') ?? '' };
}

function refuseOtherMark(isSandbox: boolean, wantsSandbox: boolean): void {
  if (isSandbox === wantsSandbox) return;
  throw new StoreRefusedError(
    isSandbox
      ? 'This store was made by the sandbox and takes no real sources: give the gateway another DATA_DIR or DATABASE_URL.'
      : 'This store holds real sources and takes no sandbox: give the sandbox another DATA_DIR.',
  );
}

function refuseOtherKey(): never {
  throw new StoreRefusedError(
    'KYC_SECRET_KEY is not the key that this store was made with, and KYC_SECRET_KEYS does not list it: nothing in it could be opened.',
  );
}
