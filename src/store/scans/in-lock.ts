import type { StoreContext } from '#store/context';
import { demandFence } from '#store/leases/demand-fence';
import type { Transact } from '#store/transact';

/**
 * Runs a transaction that may append to the log: behind the append lock from its first statement, and under the lease of
 * the context. @throws LeaseLostError
 */
export async function inLock<Result>(
  { database, fence }: Pick<StoreContext, 'database' | 'fence'>,
  work: (transaction: Transact) => Promise<Result>,
): Promise<Result> {
  return await database.write.transaction().execute(async (transaction) => {
    await database.dialect.lockAppends(transaction);
    await demandFence(transaction, fence);
    return await work(transaction);
  });
}
