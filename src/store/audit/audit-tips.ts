import { sql } from 'kysely';

import type { Database } from '#store/database';
import { inSnapshot } from '#store/snapshot';
import type { Transact } from '#store/transact';

import { type Anchor, base64 } from './audit-row.ts';

/**
 * The ends of the other chains that no row anchors yet. All older rows can be reached from these, so that a row which
 * holds them holds fast all that was there: whatever is cut off or taken away afterwards is missed.
 */
export async function readTips(database: Database, ownChain: string): Promise<readonly Anchor[]> {
  return await inSnapshot(database.auditWrite, async (transaction) => {
    const ends = await readEnds(transaction);
    const anchored = await readAnchored(transaction);
    return ends.filter(([chain, sequence]) => chain !== ownChain && sequence > (anchored.get(chain) ?? 0));
  });
}

/** The last row of each chain, by a step through the index for each. */
async function readEnds(transaction: Transact): Promise<readonly Anchor[]> {
  const { rows } = await sql<{ chain: string; sequence: number; hash: Uint8Array }>`
    with recursive starts(id) as (
      select min(id) from audit
      union all
      select (select min(audit.id) from audit where audit.id > substr(starts.id, 1, 32) || '/')
      from starts where starts.id is not null
    ), ends(id) as (
      select (select max(audit.id) from audit where audit.id < substr(starts.id, 1, 32) || '/')
      from starts where starts.id is not null
    )
    select audit.chain, audit.sequence, audit.hash from ends join audit on audit.id = ends.id`.execute(
    transaction,
  );
  return rows.map(({ chain, sequence, hash }) => [chain, Number(sequence), base64(hash)]);
}

/** How far into each chain rows of others reach. */
async function readAnchored(transaction: Transact): Promise<ReadonlyMap<string, number>> {
  const rows = await transaction
    .selectFrom('audit')
    .select('anchors')
    .where('anchors', 'is not', null)
    .execute();
  const reached = new Map<string, number>();
  for (const { anchors } of rows) {
    for (const [chain, sequence] of JSON.parse(anchors ?? '[]') as readonly Anchor[])
      reached.set(chain, Math.max(sequence, reached.get(chain) ?? 0));
  }
  return reached;
}
