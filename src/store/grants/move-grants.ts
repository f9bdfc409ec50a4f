import { sql } from 'kysely';

import { anyOf } from '#store/any-of';
import type { Dialect } from '#store/dialect';
import type { Transact } from '#store/transact';

/** Who was granted one of the users that are gone sees the one who stays, from the transaction that joins them. */
export async function moveGrants(
  transaction: Transact,
  dialect: Dialect,
  stays: string,
  gone: readonly string[],
): Promise<void> {
  const ofGone = sql`kind = 'USER' and ${anyOf(dialect, 'grants.value', gone)}`;
  await sql`insert into grants (partner, kind, value, granted_at, granted_by)
    select partner, kind, cast(${stays} as text), granted_at, granted_by from grants where ${ofGone} order by granted_at, value
    on conflict (partner, kind, value) do nothing`.execute(transaction);
  await sql`delete from grants where ${ofGone}`.execute(transaction);
}
