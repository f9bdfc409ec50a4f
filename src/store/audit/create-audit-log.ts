import type { Database } from '#store/database';
import type { Sealer } from '#store/sealing';

import type { AuditLog } from './audit.ts';
import { AuditChain } from './audit-chain.ts';
import { countAudit, pageAudit, readAudit } from './read-audit.ts';

/** With how its chain is ended, before the database is closed. */
export function createAuditLog(
  database: Database,
  sealer: Pick<Sealer, 'hash'>,
): { audit: AuditLog; endAudit: () => Promise<void> } {
  const chain = new AuditChain(database, sealer);
  const audit: AuditLog = {
    append: (by, acts) => chain.append(by, acts),
    page: (query) => pageAudit(database, query),
    count: (filter) => countAudit(database, filter),
    read: (id) => readAudit(database.read, id),
  };
  return { audit, endAudit: () => chain.close() };
}
