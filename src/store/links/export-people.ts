import { access } from 'node:fs/promises';
import { join } from 'node:path';

import { Kysely, PostgresDialect, sql } from 'kysely';

import type { Instant } from '#kyc/instant';
import type { SourceId } from '#kyc/source-id';
import type { IdentityRef } from '#kyc/user';
import { anyOf } from '#store/any-of';
import { StoreRefusedError, StoreUnavailableError } from '#store/database';
import { type Dialect, postgresDialect, sqliteDialect } from '#store/dialect';
import { createPool } from '#store/postgres/postgres-pool';
import { inSnapshot } from '#store/snapshot';
import { sqliteKyselyDialect } from '#store/sqlite/sqlite-driver';
import { openSqliteFile } from '#store/sqlite/sqlite-file';
import type { Tables } from '#store/tables';
import type { Transact } from '#store/transact';

/** One person as a file of links tells of it: all that cannot be learnt from the sources again. */
export interface ExportedPerson {
  readonly userId: string;
  /** In byte order. */
  readonly aliases: readonly string[];
  readonly createdAt: Instant;
  /** By source, then external id, both in byte order. */
  readonly identities: readonly IdentityRef[];
}

/** A store that is only read, without its key: beside a running gateway too. */
export interface PeopleReader {
  /** Every source at which anybody has an identity, in byte order. */
  readSources(): Promise<readonly SourceId[]>;
  /** Everybody, in the byte order of user ids, all from one state of the store; each part is handed on before the next is read. */
  readAll(take: (people: readonly ExportedPerson[]) => Promise<void>): Promise<void>;
  close(): Promise<void>;
}

/** @throws StoreRefusedError when there is no store in the folder, or it is of another version */
export async function openPeopleOfFolder(folder: string): Promise<PeopleReader> {
  const path = join(folder, 'store.db');
  await access(path).catch(() => {
    throw new StoreRefusedError('There is no store in DATA_DIR yet: nothing to export.');
  });
  const file = openSqliteFile(path, 'READ');
  const execute = (text: string, parameters: readonly unknown[]) => file.execute(text, parameters);
  return readerOf(new Kysely({ dialect: sqliteKyselyDialect(execute, 'begin') }), sqliteDialect, () =>
    file.close(),
  );
}

/** @throws StoreRefusedError when the server cannot be used, or the store is of another version */
export async function openPeopleOfDatabase(url: string): Promise<PeopleReader> {
  const pool = createPool(url, { connections: 1, readOnly: true, statementTimeoutMs: null });
  return readerOf(new Kysely({ dialect: new PostgresDialect({ pool }) }), postgresDialect, () => {});
}

const PEOPLE_AT_ONCE = 500;

async function readerOf(
  database: Kysely<Tables>,
  dialect: Dialect,
  release: () => void,
): Promise<PeopleReader> {
  const close = async () => {
    await database.destroy();
    release();
  };
  try {
    await demandTables(database);
  } catch (error) {
    await close();
    throw error;
  }
  return {
    async readSources() {
      const rows = await database
        .selectFrom('identities')
        .select('source')
        .distinct()
        .orderBy('source')
        .execute();
      return rows.map((row) => row.source as SourceId);
    },
    readAll: (take) =>
      inSnapshot(database, async (transaction) => {
        let after: string | null = null;
        for (;;) {
          const people: readonly ExportedPerson[] = await readPart(transaction, dialect, after);
          if (people.length > 0) await take(people);
          after = people.at(-1)?.userId ?? null;
          if (people.length < PEOPLE_AT_ONCE) return;
        }
      }),
    close,
  };
}

/** A reader brings no tables up to date. */
async function demandTables(database: Kysely<Tables>): Promise<void> {
  try {
    await sql`select u.id, u.created_at, a.user_id, i.user_id
      from users u, user_aliases a, identities i limit 0`.execute(database);
  } catch (error) {
    if (error instanceof StoreUnavailableError)
      throw new StoreRefusedError(`The database of DATABASE_URL cannot be used: ${error.message}`);
    throw new StoreRefusedError(
      'There is no store of this version there: start the gateway once, then export.',
    );
  }
}

async function readPart(
  transaction: Transact,
  dialect: Dialect,
  after: string | null,
): Promise<readonly ExportedPerson[]> {
  const users = await transaction
    .selectFrom('users')
    .select(['id', 'created_at'])
    .where('id', '>', after ?? '')
    .orderBy('id')
    .limit(PEOPLE_AT_ONCE)
    .execute();
  if (users.length === 0) return [];
  const ids = users.map((user) => user.id);
  const identities = await transaction
    .selectFrom('identities')
    .select(['user_id', 'source', 'external_id'])
    .where(anyOf(dialect, 'user_id', ids))
    .orderBy('source')
    .orderBy('external_id')
    .execute();
  const aliases = await transaction
    .selectFrom('user_aliases')
    .selectAll()
    .where(anyOf(dialect, 'user_id', ids))
    .orderBy('alias_id')
    .execute();
  const identitiesOf = Map.groupBy(identities, (row) => row.user_id);
  const aliasesOf = Map.groupBy(aliases, (row) => row.user_id);
  return users.map(({ id, created_at }) => ({
    userId: id,
    aliases: (aliasesOf.get(id) ?? []).map((row) => row.alias_id),
    createdAt: created_at as Instant,
    identities: (identitiesOf.get(id) ?? []).map((row) => ({
      source: row.source as SourceId,
      externalId: row.external_id,
    })),
  }));
}
