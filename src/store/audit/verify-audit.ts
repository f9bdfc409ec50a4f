import type { Kysely } from 'kysely';

import type { Sealer } from '#store/sealing';
import { inSnapshot } from '#store/snapshot';
import type { AuditTable, Tables } from '#store/tables';
import type { Transact } from '#store/transact';

import { type Anchor, auditRowId, base64 } from './audit-row.ts';
import { type AuditFault, ChainCheck, type CheckedChain } from './chain-check.ts';

export interface AuditReport {
  readonly rows: number;
  readonly chains: number;
  /** The first of each kind in each chain: what follows a broken link proves nothing. None: all is as it was written. */
  readonly faults: readonly AuditFault[];
  /**
   * The ends that nothing anchors yet. Rows taken from these ends are not missed from within: who keeps them elsewhere
   * finds them again as rows, or knows.
   */
  readonly ends: readonly Anchor[];
}

const ROWS_AT_ONCE = 1000;
const ANCHORS_AT_ONCE = 200;

/** Proves every chain, from one state of the store, a part at a time: beside running gateways too. */
export async function verifyAudit(
  database: Kysely<Tables>,
  sealer: Pick<Sealer, 'hashes'>,
): Promise<AuditReport> {
  return await inSnapshot(database, async (transaction) => {
    const check = new ChainCheck(sealer);
    for (let after = ''; ; ) {
      const rows = await readRows(transaction, after);
      for (const row of rows) check.take(row);
      const last = rows.at(-1);
      if (last === undefined) break;
      after = last.id;
    }
    const cut = await cutOff(transaction, check);
    const faults = [...check.faults, ...cut];
    return { rows: check.rows, chains: check.chains.size, faults, ends: endsOf(check) };
  });
}

async function readRows(transaction: Transact, after: string): Promise<readonly AuditTable[]> {
  return await transaction
    .selectFrom('audit')
    .selectAll()
    .where('id', '>', after)
    .orderBy('id')
    .limit(ROWS_AT_ONCE)
    .execute();
}

/** What others anchor and is not there, or is another. */
async function cutOff(transaction: Transact, check: ChainCheck): Promise<readonly AuditFault[]> {
  const first = new Map<string, number>();
  for (let at = 0; at < check.anchors.length; at += ANCHORS_AT_ONCE) {
    const anchors = check.anchors.slice(at, at + ANCHORS_AT_ONCE);
    const hashes = await readHashes(transaction, anchors);
    for (const [chain, sequence, hash] of anchors) {
      if (hashes.get(auditRowId(chain, sequence)) === hash) continue;
      const last = check.chains.get(chain)?.sequence ?? 0;
      const missing = Math.min(sequence, last + 1);
      first.set(chain, Math.min(missing, first.get(chain) ?? missing));
    }
  }
  return [...first].map(([chain, sequence]) => ({ kind: 'CUT_OFF', chain, sequence }));
}

async function readHashes(
  transaction: Transact,
  anchors: readonly Anchor[],
): Promise<ReadonlyMap<string, string>> {
  const rows = await transaction
    .selectFrom('audit')
    .select(['id', 'hash'])
    .where(
      'id',
      'in',
      anchors.map(([chain, sequence]) => auditRowId(chain, sequence)),
    )
    .execute();
  return new Map(rows.map(({ id, hash }) => [id, base64(hash)]));
}

function endsOf({ chains, anchors }: ChainCheck): readonly Anchor[] {
  const reached = new Set(anchors.map(([chain, sequence]) => auditRowId(chain, sequence)));
  const isEnd = ([chain, { sequence, isBroken }]: [string, CheckedChain]) =>
    !isBroken && !reached.has(auditRowId(chain, sequence));
  return [...chains].filter(isEnd).map(([chain, { sequence, hash }]) => [chain, sequence, base64(hash)]);
}
