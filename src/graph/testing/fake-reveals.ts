import { addMilliseconds, now } from '#kyc/instant';
import type { Reveals } from '#store/reveals/reveals';

export interface FakeRevealed {
  /** Ids of users whom the caller has had revealed; absent: everybody. */
  readonly revealed?: readonly string[];
}

export function createFakeReveals({ revealed }: FakeRevealed, calls: string[]): Pick<Reveals, 'of'> {
  return {
    of: async (_reader, userIds) => {
      calls.push(`reveals of ${userIds.length} users`);
      const held = userIds.filter((id) => revealed?.includes(id) ?? true);
      const reveal = { until: addMilliseconds(now(), 60_000), reason: 'case 7' };
      return new Map(held.map((id) => [id, reveal]));
    },
  };
}
