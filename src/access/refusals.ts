import type { AuditAction } from './audit.ts';

/** What one request asked for and may not have, for the audit. */
export interface Refusals {
  /** @param field `Type.field` of the schema, never a name of the caller's making */
  note(action: AuditAction, field: string): void;
  /** Each field once, however often it was asked for. */
  readonly byAction: ReadonlyMap<AuditAction, ReadonlySet<string>>;
}

/** Made for one request, of one caller. */
export function createRefusals(): Refusals {
  const byAction = new Map<AuditAction, Set<string>>();
  return {
    byAction,
    note(action, field) {
      const fields = byAction.get(action) ?? new Set();
      byAction.set(action, fields.add(field));
    },
  };
}
