import { type Kysely, sql } from 'kysely';

import { StatementRefusedError } from '#store/postgres/postgres-errors';
import type { Tables } from '#store/tables';

import type { LogPlace } from './log-place.ts';

/** Another one in another database, and where the table was made anew. */
const OF_TABLE = sql`(select oid from pg_database where datname = current_database()), 'changes'::regclass::oid`;
/** Another one on another server; the timeline moves on when a server was put back to a point in time, or a standby took over. */
const OF_SERVER = sql`(select system_identifier from pg_control_system()), left(pg_walfile_name(pg_current_wal_insert_lsn()), 8)`;

/** A database on a server. What the server does not say to this user is left out. */
export function databaseLogPlace(database: Kysely<Tables>): LogPlace {
  const readBy = async (parts: ReturnType<typeof sql>) => {
    const { rows } = await sql<{ place: string }>`select concat_ws('/', ${parts}) as place`.execute(database);
    return rows[0]?.place ?? '';
  };
  const read = async () => {
    try {
      return await readBy(sql`${OF_TABLE}, ${OF_SERVER}`);
    } catch (error) {
      if (!(error instanceof StatementRefusedError)) throw error;
      return await readBy(OF_TABLE);
    }
  };
  return {
    read,
    settle: read,
    readHead: () => Promise.resolve(0),
    noteHead: () => Promise.resolve(),
  };
}
