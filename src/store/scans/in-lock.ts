import type { StoreContext } from '#store/context';
import type { Transact } from '#store/transact';

/** Runs a transaction that may append to the log: behind the append lock from its first statement. */
export async function inLock<Result>(
  { database }: Pick<StoreContext, 'database'>,
  work: (transaction: Transact) => Promise<Result>,
): Promise<Result> {
  return await database.write.transaction().execute(async (transaction) => {
    await database.dialect.lockAppends(transaction);
    return await work(transaction);
  });
}
