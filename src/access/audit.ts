import type { AuditLog } from '#store/audit/audit';

import type { Principal } from './principal.ts';

/** What is audited. READ: of something that was refused; what is given in clear is READ_CLEAR, a payload READ_RAW. */
export const auditActions = [
  'READ',
  'READ_CLEAR',
  'READ_RAW',
  'SEARCH',
  'REVEAL',
  'LINK',
  'UNLINK',
  'MERGE',
  'CONNECT',
  'DISCONNECT',
  'REFRESH',
  'WRITE',
  'GRANT',
  'REVOKE',
  'ERASE',
  'CONFIRM_DELETIONS',
  'REPLAY',
  'REKEY',
  'NEW_EPOCH',
  'KEY_CREATE',
  'KEY_ROTATE',
  'KEY_REVOKE',
  'LINKS_IMPORT',
] as const;
export type AuditAction = (typeof auditActions)[number];

/** What a caller did, or was refused. Never a value of personal data. */
export interface AuditEntry {
  readonly action: AuditAction;
  /** The public id of the user whom it is about, aliases resolved; null for none, or none that the caller may see. */
  readonly userId: string | null;
  /** `Type.field` of the schema, the least that says what was asked for. */
  readonly fields: readonly string[];
  /** As parseReason gives it (reason.ts). */
  readonly reason: string | null;
  /** ALLOWED: the caller might do it. Of a write it is said before the write, which may still come to nothing. */
  readonly decision: 'ALLOWED' | 'REFUSED';
}

/** A context of the graph is one. */
export interface AuditedCaller {
  readonly principal: Pick<Principal, 'subject' | 'kind'>;
  readonly requestId: string;
}

export interface Audit {
  /**
   * Resolves when the entries are committed, in order, to this process's chain.
   * @throws StoreUnavailableError when they cannot be written: then nothing may be given or done that they tell of
   */
  append(caller: AuditedCaller, entries: readonly AuditEntry[]): Promise<void>;
}

export function createAudit(log: Pick<AuditLog, 'append'>): Audit {
  return {
    async append({ principal: { subject, kind }, requestId }, entries) {
      await log.append({ actor: subject, kind, requestId }, entries);
    },
  };
}

/** Who works on the store without the gateway. */
export const COMMAND_LINE: AuditedCaller = {
  principal: { subject: 'cli', kind: 'OPERATOR' },
  requestId: 'none',
};
