import { beginsWith, isOneOf, type Sealer } from '#store/sealing';
import type { AuditTable } from '#store/tables';

import { type Anchor, auditRowId, canonicalText, NO_HASH } from './audit-row.ts';

/**
 * ALTERED: the row is not what was written. MISSING: there is no such row, and there was. CUT_OFF: the chain ends before
 * this row, which another chain knows. UNKNOWN_KEY: none of the keys given made this row's hash, so that it cannot be
 * proved; the rows around it are.
 */
export type AuditFaultKind = 'ALTERED' | 'MISSING' | 'CUT_OFF' | 'UNKNOWN_KEY';

export interface AuditFault {
  readonly kind: AuditFaultKind;
  readonly chain: string;
  /** The first row of the chain of which it is true. */
  readonly sequence: number;
}

/** How far a chain was looked at: its last row. */
export interface CheckedChain {
  readonly sequence: number;
  readonly hash: Uint8Array;
  readonly isBroken: boolean;
}

const UNSEEN: CheckedChain = { sequence: 0, hash: NO_HASH, isBroken: false };
/** Format and key id stand in front of a hash (sealing.ts). */
const KEY_BYTES = 5;

/** Proves rows one after the other, in the order of their ids. */
export class ChainCheck {
  readonly chains = new Map<string, CheckedChain>();
  readonly faults: AuditFault[] = [];
  /** Of rows that are proved. */
  readonly anchors: Anchor[] = [];
  rows = 0;
  readonly #sealer: Pick<Sealer, 'hashes'>;
  readonly #unprovable = new Set<string>();

  constructor(sealer: Pick<Sealer, 'hashes'>) {
    this.#sealer = sealer;
  }

  take(row: AuditTable): void {
    this.rows += 1;
    // By its id, which decides its place: what the row itself says of its place is to be proved.
    const chain = row.id.slice(0, Math.max(row.id.lastIndexOf('.'), 0));
    const before = this.chains.get(chain) ?? UNSEEN;
    const fault = before.isBroken ? null : this.#faultOf(row, chain, before);
    const isBroken = before.isBroken || (fault !== null && fault.kind !== 'UNKNOWN_KEY');
    this.chains.set(chain, { sequence: before.sequence + 1, hash: row.hash, isBroken });
    if (fault === null && !isBroken && row.anchors !== null)
      this.anchors.push(...(JSON.parse(row.anchors) as readonly Anchor[]));
    if (fault === null || (fault.kind === 'UNKNOWN_KEY' && this.#unprovable.has(chain))) return;
    if (fault.kind === 'UNKNOWN_KEY') this.#unprovable.add(chain);
    this.faults.push(fault);
  }

  #faultOf(row: AuditTable, chain: string, before: CheckedChain): AuditFault | null {
    const sequence = before.sequence + 1;
    const fault = (kind: AuditFaultKind) => ({ kind, chain, sequence });
    if (row.id > auditRowId(chain, sequence)) return fault('MISSING');
    if (row.id !== auditRowId(chain, sequence)) return fault('ALTERED');
    if (Buffer.compare(row.previous_hash, before.hash) !== 0) return fault('ALTERED');
    const hashes = this.#sealer.hashes(canonicalText(row));
    if (isOneOf(row.hash, hashes)) return null;
    const isOfKnownKey = hashes.some((hash) => beginsWith(row.hash, hash.subarray(0, KEY_BYTES)));
    return fault(isOfKnownKey ? 'ALTERED' : 'UNKNOWN_KEY');
  }
}
