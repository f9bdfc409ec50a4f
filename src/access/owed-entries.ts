import type { AuditEntry } from './audit.ts';
import type { ClearReads } from './clear-reads.ts';
import type { Clearances } from './clearance.ts';
import type { Refusals } from './refusals.ts';

/** Payloads as their source sent them: clear reads that are told apart. */
const RAW = /\.raw$/;

/** One entry for each user whose data the answer holds in clear, payloads apart, with what they were revealed for. */
export function entriesOfClearReads(
  { byUser }: Pick<ClearReads, 'byUser'>,
  { reasonFor }: Pick<Clearances, 'reasonFor'>,
): readonly AuditEntry[] {
  return [...byUser].flatMap(([userId, read]) => {
    const [raw, fields] = [
      [...read].filter((field) => RAW.test(field)),
      [...read].filter((field) => !RAW.test(field)),
    ];
    const entry = { userId, reason: reasonFor(userId), decision: 'ALLOWED' } as const;
    return [
      ...(fields.length > 0 ? [{ ...entry, action: 'READ_CLEAR', fields } as const] : []),
      ...(raw.length > 0 ? [{ ...entry, action: 'READ_RAW', fields: raw } as const] : []),
    ];
  });
}

/** One entry for each thing that the caller wanted to do and may not. */
export function entriesOfRefusals({ byAction }: Pick<Refusals, 'byAction'>): readonly AuditEntry[] {
  return [...byAction].map(([action, fields]) => ({
    action,
    userId: null,
    fields: [...fields],
    reason: null,
    decision: 'REFUSED',
  }));
}
