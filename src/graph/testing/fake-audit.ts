import type { Audit, AuditEntry } from '#access/audit';
import { now } from '#kyc/instant';
import { slicePage } from '#kyc/slice-page';
import type { AuditRecord } from '#store/audit/audit';
import { StoreUnavailableError } from '#store/database';

import type { GraphContext } from '../context.ts';

/** An audit in memory; `isDown` lets every append fail. */
export function createFakeAudit({ audited = [], auditIsDown = false }: FakeAudit) {
  const entries: AuditEntry[] = [];
  const audit: Audit = {
    append: async (_caller, more) => {
      if (auditIsDown) throw new StoreUnavailableError('The audit is down.');
      entries.push(...more);
    },
  };
  const auditLog: GraphContext['auditLog'] = {
    page: async ({ page }) => slicePage(audited, page, ({ at, id }) => ({ value: at, id }), 'DESC'),
    count: async () => audited.length,
    read: async (id) => audited.find((one) => one.id === id) ?? null,
  };
  const reveals: GraphContext['reveals'] = { reveal: async () => now() };
  return { entries, context: { audit, auditLog, reveals } };
}

export interface FakeAudit {
  /** What the audit holds already, newest first. */
  readonly audited?: readonly AuditRecord[];
  readonly auditIsDown?: boolean;
}
