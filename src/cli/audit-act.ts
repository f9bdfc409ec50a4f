import { type AuditAction, COMMAND_LINE, createAudit } from '#access/audit';
import type { Store } from '#store/store';

/**
 * Commits that a command is about to do something, before it does.
 * @param what in words of this gateway alone: a key's id, a source; null where the action says all
 */
export async function auditAct(
  store: Pick<Store, 'audit'>,
  action: AuditAction,
  what: string | null,
): Promise<void> {
  const entry = { action, userId: null, fields: [], reason: what, decision: 'ALLOWED' } as const;
  await createAudit(store.audit).append(COMMAND_LINE, [entry]);
}
