import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

import type { AuditActor, AuditedAct } from '#store/audit/audit';
import { type AuditReport, verifyAudit } from '#store/audit/verify-audit';
import { openPostgresStore, openStore } from '#store/open-store';
import { readBeside, type StorePlace } from '#store/read-beside';
import { createSealer } from '#store/sealing';
import type { Store, StoreOptions } from '#store/store';
import type { AuditTable } from '#store/tables';

import { createTestDatabase } from './postgres-databases.ts';

export const SECRET_KEY = new Uint8Array(32).fill(7);

/** A store whose audit somebody with the database in hand may change. */
export interface AuditPlace {
  readonly place: StorePlace;
  open(options?: Partial<StoreOptions>): Promise<Store>;
  /** Runs statements past the gateway, and past the triggers where `forced`. */
  run(statement: string, how?: { forced: boolean }): Promise<readonly Record<string, unknown>[]>;
  remove(): Promise<void>;
}

const OPTIONS: StoreOptions = { policy: 'strict', secretKey: SECRET_KEY, sandbox: false };

export async function embeddedPlace(): Promise<AuditPlace> {
  const folder = await mkdtemp(join(tmpdir(), 'kyc-audit-'));
  return {
    place: { folder },
    open: (options) => openStore(folder, { ...OPTIONS, ...options }),
    async run(statement, { forced } = { forced: false }) {
      using file = new DatabaseSync(join(folder, 'store.db'), { timeout: 5000 });
      if (forced) file.exec('drop trigger if exists audit_no_update; drop trigger if exists audit_no_delete');
      if (/^\s*select/i.test(statement))
        return file
          .prepare(statement)
          .all()
          .map((row) => ({ ...row }));
      file.exec(forced ? `begin; ${statement}; commit` : statement);
      return [];
    },
    remove: () => rm(folder, { recursive: true }),
  };
}

export async function postgresPlace(): Promise<AuditPlace> {
  const { url, run, drop } = await createTestDatabase();
  return {
    place: { url },
    open: (options) => openPostgresStore(url, { ...OPTIONS, ...options }),
    run: (statement, { forced } = { forced: false }) =>
      run(
        forced
          ? `do $forced$ begin set local session_replication_role = replica; ${statement}; end $forced$`
          : statement,
      ),
    remove: drop,
  };
}

export function verifyPlace(
  { place }: AuditPlace,
  [key = SECRET_KEY, ...oldKeys]: readonly Uint8Array[] = [],
): Promise<AuditReport> {
  const sealer = createSealer(key, 'audit', oldKeys);
  return readBeside(place, 'There is no store.', (database) => verifyAudit(database, sealer));
}

/** All rows as they stand, by id. */
export function rowsOf({ place }: AuditPlace): Promise<readonly AuditTable[]> {
  return readBeside(place, 'There is no store.', (database) =>
    database.selectFrom('audit').selectAll().orderBy('id').execute(),
  );
}

export const someone: AuditActor = { actor: 'anna', kind: 'ANALYST', requestId: 'request-1' };

export function anAct(more: Partial<AuditedAct> = {}): AuditedAct {
  const plain = { userId: 'user-1', fields: ['Person.email'], reason: 'case 7' };
  return { action: 'READ_CLEAR', decision: 'ALLOWED', ...plain, ...more };
}

/** Appends one after the other, and closes. */
export async function fill(
  { open }: AuditPlace,
  rows: number,
  options?: Partial<StoreOptions>,
): Promise<void> {
  const store = await open(options);
  await store.audit.append(
    someone,
    Array.from({ length: rows }, (_, at) => anAct({ reason: `case ${at}` })),
  );
  await store.close();
}
