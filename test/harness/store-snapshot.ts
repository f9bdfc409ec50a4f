import { copyFileSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

import type {
  ChangeTable,
  IdentityTable,
  ScanTable,
  UserAliasTable,
  UserTable,
  VerificationTable,
} from '../../src/store/tables.ts';

/** What a store's file holds while no gateway runs on it. */
export interface StoreSnapshot {
  /** `ok` of SQLite's own check of the file. */
  readonly integrity: string;
  readonly changes: readonly ChangeTable[];
  readonly verifications: readonly Pick<
    VerificationTable,
    'id' | 'source' | 'external_id' | 'status' | 'status_reason' | 'source_status' | 'outcome' | 'sequence'
  >[];
  readonly users: readonly Pick<UserTable, 'id' | 'status' | 'kyc_sequence'>[];
  readonly aliases: readonly UserAliasTable[];
  readonly identities: readonly Pick<IdentityTable, 'source' | 'external_id' | 'user_id' | 'last_read_at'>[];
  readonly scans: ReadonlyMap<string, ScanTable>;
}

const EMPTY: StoreSnapshot = {
  integrity: 'ok',
  changes: [],
  verifications: [],
  users: [],
  aliases: [],
  identities: [],
  scans: new Map(),
};

/** Reads a copy of the file and its log of writes, so that the next gateway finds both as the last one left them. */
export function readStore(folder: string): StoreSnapshot {
  const copy = mkdtempSync(join(tmpdir(), 'kyc-snapshot-'));
  try {
    for (const name of ['store.db', 'store.db-wal']) {
      if (existsSync(join(folder, name))) copyFileSync(join(folder, name), join(copy, name));
    }
    return existsSync(join(copy, 'store.db')) ? readFile(join(copy, 'store.db')) : EMPTY;
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
}

function readFile(path: string): StoreSnapshot {
  // The copy's own: SQLite writes into it what its log of writes holds.
  using file = new DatabaseSync(path);
  const all = <Row>(sql: string) => file.prepare(sql).all() as Row[];
  const [check] = all<{ integrity_check: string }>('pragma integrity_check');
  const integrity = check?.integrity_check ?? 'nothing';
  const tables = all("select name from sqlite_schema where type = 'table' and name = 'changes'");
  if (tables.length === 0) return { ...EMPTY, integrity };
  return {
    integrity,
    changes: all('select * from changes order by position'),
    verifications: all(
      'select id, source, external_id, status, status_reason, source_status, outcome, sequence from verifications',
    ),
    users: all('select id, status, kyc_sequence from users'),
    aliases: all('select * from user_aliases'),
    identities: all('select source, external_id, user_id, last_read_at from identities'),
    scans: new Map(all<ScanTable>('select * from scans').map((row) => [row.source, row])),
  };
}
