import type { Transact } from '#store/transact';

import { type Fence, LeaseLostError } from './leases.ts';

/**
 * Refuses what is written under a lease that somebody else has taken. The transaction must hold the append lock: whoever
 * takes the lease after this look writes behind that lock, and so after what is written here.
 * @throws LeaseLostError
 */
export async function demandFence(transaction: Transact, fence: Fence | null): Promise<void> {
  if (fence === null) return;
  const row = await transaction
    .selectFrom('leases')
    .select('token')
    .where('name', '=', fence.name)
    .where('token', '=', fence.token)
    .executeTakeFirst();
  if (row === undefined) throw leaseLost();
}

export function leaseLost(): LeaseLostError {
  return new LeaseLostError('Another gateway has taken over.');
}
