import { randomBytes } from 'node:crypto';

import { isStorable } from '#store/any-of';
import type { Database } from '#store/database';
import { insertRows, type RowsInto } from '#store/insert-rows';
import type { Sealer } from '#store/sealing';
import type { AuditTable } from '#store/tables';

import type { AuditActor, AuditedAct } from './audit.ts';
import { type Anchor, auditRowId, canonicalText, NO_HASH } from './audit-row.ts';
import { readTips } from './audit-tips.ts';

/** Rows after which a chain says again where the others stand. */
export const ANCHOR_EVERY = 1000;
/** Rows of one commit, so that none takes long; an append of more than these is one commit all the same. */
const ROWS_OF_COMMIT = 500;

interface Waiting {
  readonly by: AuditActor;
  readonly acts: readonly AuditedAct[];
  readonly done: PromiseWithResolvers<void>;
}

/** Where a chain ends: its next row follows this one. */
interface Head {
  readonly chain: string;
  readonly sequence: number;
  readonly hash: Uint8Array;
}

/**
 * The chain that this process writes. What is asked for while a commit is under way goes into the next one together, so
 * that an fsync serves all who wait for it; no other process and no reader is waited for.
 */
export class AuditChain {
  readonly #database: Database;
  readonly #sealer: Pick<Sealer, 'hash'>;
  #head: Head = newHead();
  #waiting: Waiting[] = [];
  #writing: Promise<void> | null = null;

  constructor(database: Database, sealer: Pick<Sealer, 'hash'>) {
    this.#database = database;
    this.#sealer = sealer;
  }

  /** @throws what the store throws when the rows cannot be committed */
  append(by: AuditActor, acts: readonly AuditedAct[]): Promise<void> {
    if (acts.length === 0) return Promise.resolve();
    const done = Promise.withResolvers<void>();
    this.#waiting.push({ by, acts, done });
    this.#writing ??= this.#writeAll();
    return done.promise;
  }

  /** Lets what waits be written; then a chain that has rows says where the others stand, and ends. Never throws. */
  async close(): Promise<void> {
    await this.#writing;
    if (this.#head.sequence === 0) return;
    const by = { actor: 'gateway', kind: 'OPERATOR', requestId: 'none' };
    const act = { action: 'CHAIN_END', userId: null, fields: [], reason: null, decision: 'ALLOWED' };
    await this.#commit([{ by, acts: [act] }], true).catch(() => {});
  }

  async #writeAll(): Promise<void> {
    for (let group = this.#nextGroup(); group.length > 0; group = this.#nextGroup()) {
      try {
        await this.#commit(group, false);
        for (const { done } of group) done.resolve();
      } catch (error) {
        // Whether the rows are there is not known: what comes later belongs to another chain, which anchors this one.
        this.#head = newHead();
        for (const { done } of group) done.reject(error);
      }
    }
    this.#writing = null;
  }

  #nextGroup(): readonly Waiting[] {
    let rows = 0;
    const ends = this.#waiting.findIndex(({ acts }, at) => (rows += acts.length) > ROWS_OF_COMMIT && at > 0);
    return this.#waiting.splice(0, ends === -1 ? this.#waiting.length : ends);
  }

  async #commit(group: readonly Pick<Waiting, 'by' | 'acts'>[], mustAnchor: boolean): Promise<void> {
    const { chain, sequence } = this.#head;
    const count = group.reduce((rows, { acts }) => rows + acts.length, 0);
    const anchors = mustAnchor || isDue(sequence, count) ? await readTips(this.#database, chain) : null;
    this.#head = await this.#database.auditWrite.transaction().execute(async (transaction) => {
      const at = await this.#database.now(transaction);
      const { rows, head } = this.#chained(group, at, anchors);
      await insertRows(transaction, INTO_AUDIT, rows);
      return head;
    });
  }

  /** The rows that follow the head, the first of them with the anchors. */
  #chained(
    group: readonly Pick<Waiting, 'by' | 'acts'>[],
    at: string,
    anchors: readonly Anchor[] | null,
  ): { rows: readonly AuditTable[]; head: Head } {
    let head = this.#head;
    const rows: AuditTable[] = [];
    for (const { by, acts } of group) {
      for (const act of acts) {
        const anchored = rows.length === 0 && anchors !== null ? JSON.stringify(anchors) : null;
        const row = rowAfter(head, { by, act, at, anchors: anchored }, this.#sealer);
        head = { chain: row.chain, sequence: row.sequence, hash: row.hash };
        rows.push(row);
      }
    }
    return { rows, head };
  }
}

/** The first row of a chain, and every so many. */
function isDue(sequence: number, count: number): boolean {
  return (
    sequence === 0 || Math.floor((sequence + count) / ANCHOR_EVERY) > Math.floor(sequence / ANCHOR_EVERY)
  );
}

function newHead(): Head {
  return { chain: randomBytes(16).toString('hex'), sequence: 0, hash: NO_HASH };
}

function rowAfter(
  head: Head,
  { by, act, at, anchors }: { by: AuditActor; act: AuditedAct; at: string; anchors: string | null },
  sealer: Pick<Sealer, 'hash'>,
): AuditTable {
  const sequence = head.sequence + 1;
  const row = {
    id: auditRowId(head.chain, sequence),
    chain: head.chain,
    sequence,
    at,
    actor: storable(by.actor),
    kind: by.kind,
    action: act.action,
    user_id: act.userId,
    fields: JSON.stringify(act.fields),
    reason: act.reason === null ? null : storable(act.reason),
    decision: act.decision,
    request_id: by.requestId,
    anchors,
    previous_hash: head.hash,
  };
  return { ...row, hash: sealer.hash(canonicalText(row)) };
}

/** A name that no database can hold must not keep its bearer out of the audit. */
function storable(text: string): string {
  return isStorable(text) ? text : text.toWellFormed().replaceAll('\u0000', '\ufffd');
}

const INTO_AUDIT: RowsInto<'audit'> = {
  table: 'audit',
  columns: [
    'id',
    'chain',
    'sequence',
    'at',
    'actor',
    'kind',
    'action',
    'user_id',
    'fields',
    'reason',
    'decision',
    'request_id',
    'anchors',
    'previous_hash',
    'hash',
  ],
  takenOver: null,
};
