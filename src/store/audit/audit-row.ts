import type { AuditTable } from '#store/tables';

/** The place of one row, as it stood: [chain, sequence, its hash in base64]. */
export type Anchor = readonly [chain: string, sequence: number, hash: string];

/** Before the first row of a chain. */
export const NO_HASH = new Uint8Array(0);

const SEQUENCE_DIGITS = 12;

/** In byte order, ids of a chain are in the order of its rows. */
export function auditRowId(chain: string, sequence: number): string {
  return `${chain}.${String(sequence).padStart(SEQUENCE_DIGITS, '0')}`;
}

export type UnhashedRow = Omit<AuditTable, 'hash'>;

/** One text per row: JSON keeps texts, numbers and null apart and tells where each ends. */
export function canonicalText(row: UnhashedRow): string {
  const { id, chain, sequence, at, actor, kind, action, user_id, fields } = row;
  const { reason, decision, request_id, anchors, previous_hash } = row;
  const words = [id, chain, sequence, at, actor, kind, action, user_id, fields];
  const more = [reason, decision, request_id, anchors, base64(previous_hash)];
  return JSON.stringify([...words, ...more]);
}

export function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
}
