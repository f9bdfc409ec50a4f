import type { Instant } from '#kyc/instant';
import type { SourceId } from '#kyc/source-id';
import type { Database } from '#store/database';
import type { PollState, Store } from '#store/store';

import { isConnected } from './due-identities.ts';

/** How well the identities of a source that cannot be listed are kept up with; all numbers from one statement. */
export async function pollState(
  { longRead, dialect }: Pick<Database, 'longRead' | 'dialect'>,
  source: SourceId,
  due: Parameters<Store['pollState']>[1],
): Promise<PollState> {
  const row = await longRead
    .selectFrom('identities')
    .select((eb) => {
      const older = eb.or([
        eb.and([eb('open', '=', 1), eb('last_read_at', '<', due.openBefore)]),
        eb.and([eb('open', '=', 0), eb('last_read_at', '<', due.finalBefore)]),
      ]);
      const overdue =
        due.connectedOnly === true
          ? eb.and([older, isConnected(dialect, due.connectedElsewhere)(eb)])
          : older;
      return [
        eb.fn.countAll<number | string>().as('known'),
        eb.fn.count<number | string>('last_read_at').as('read'),
        eb.fn.count<number | string>(eb.case().when(overdue).then(1).end()).as('overdue'),
        eb.fn.min('last_read_at').as('oldest'),
      ];
    })
    .where('source', '=', source)
    .executeTakeFirstOrThrow();
  return {
    known: Number(row.known),
    neverRead: Number(row.known) - Number(row.read),
    overdue: Number(row.overdue),
    oldestReadAt: row.oldest as Instant | null,
  };
}
