import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

import type { OpenFresh } from '#store/behaviours/reopen';
import { openSqlite } from '#store/sqlite/sqlite';

import { keptDatabases } from './kept-databases.ts';

/** Empty embedded stores for one test file. Call inside a describe. */
export function embeddedOpener(): OpenFresh {
  return keptDatabases(async () => {
    const folder = await mkdtemp(join(tmpdir(), 'kyc-store-'));
    return {
      isShared: false,
      open: () => openSqlite(folder),
      empty: () => Promise.resolve(emptyFile(join(folder, 'store.db'))),
      async bytes() {
        const names = await readdir(folder);
        return Buffer.concat(await Promise.all(names.map((name) => readFile(join(folder, name)))));
      },
      drop: () => rm(folder, { recursive: true }),
    };
  });
}

/** Without triggers, one of which objects on behalf of the audit; and without bytes of what was there. */
function emptyFile(path: string): void {
  using file = new DatabaseSync(path, { timeout: 5000 });
  const named = (type: 'table' | 'trigger') =>
    file.prepare('select name, sql from sqlite_schema where type = ?').all(type) as {
      name: string;
      sql: string;
    }[];
  const triggers = named('trigger');
  const tables = named('table').filter(({ name }) => !/^(?:sqlite|kysely)_/.test(name));
  const statements = [
    'pragma secure_delete = on',
    'begin immediate',
    ...triggers.map(({ name }) => `drop trigger "${name}"`),
    ...tables.map(({ name }) => `delete from "${name}"`),
    ...triggers.map(({ sql }) => sql),
    'commit',
    'pragma wal_checkpoint(truncate)',
  ];
  file.exec(statements.join(';\n'));
}
