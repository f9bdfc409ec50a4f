import { type Driver, Kysely, PostgresDialect, sql, type TransactionBuilder } from 'kysely';

import type { Instant } from '#kyc/instant';
import { createClock } from '#store/clock';
import { type Database, StoreRefusedError, StoreUnavailableError } from '#store/database';
import { postgresDialect } from '#store/dialect';
import { databaseLogPlace } from '#store/epoch/database-log-place';
import { migrate } from '#store/migrate';
import type { Tables } from '#store/tables';
import type { Transact } from '#store/transact';
import { withUnawaitedInserts } from '#store/unawaited-inserts';
import { WriteFault } from '#store/write-fault';

import { createAnalyser } from './planner-statistics.ts';
import { SharedBell } from './postgres-bell.ts';
import { StatementRefusedError, TransactionConflictError } from './postgres-errors.ts';
import { createPool, type Use } from './postgres-pool.ts';

/** Writers stand in one queue anyway (dialect.lockAppends). */
const WRITE: Use = { connections: 4, readOnly: false, statementTimeoutMs: 30_000 };
/** One chain, one commit at a time. */
const AUDIT: Use = { connections: 1, readOnly: false, statementTimeoutMs: 30_000 };
/**
 * Leases: a connection of their own, and answers that are waited for less long than a lease lasts.
 */
const LEASE: Use = {
  connections: 1,
  readOnly: false,
  statementTimeoutMs: 2000,
  answerGraceMs: 1000,
  connectTimeoutMs: 3000,
};
/** Short reads. */
export const READ: Use = { connections: 10, readOnly: true, statementTimeoutMs: 10_000 };
/** A million numbers are sorted in 64 MB; on disk it takes twice as long. */
const LONG_READ: Use = { connections: 4, readOnly: true, statementTimeoutMs: 120_000, workMemory: '64MB' };
/** An index on a large table takes its time, and the other gateways wait for whoever makes it. */
const MIGRATE: Use = { connections: 1, readOnly: false, statementTimeoutMs: null };

/**
 * Opens the database of a URL (postgres://…) and brings its tables up to date; of gateways that start at once one does
 * it while the others wait. Once open it heals: while the server is away everything rejects with StoreUnavailableError,
 * and when it is back everything works again.
 *
 * `now` is the server's clock, so that reads of all gateways are ordered by one clock, and within a gateway each time is
 * later than the one before (clock.ts). Between gateways it is as good as the server's clock: to the microsecond, and
 * after a step back (or another server that takes over, with a clock behind) reads of one gateway may count as older
 * than earlier ones of another until the clock has caught up. Have it slewed, not set.
 * @throws StoreRefusedError when the server cannot be reached or used as it is
 */
export async function openPostgres(url: string): Promise<Database> {
  await prepare(url);
  const fault = new WriteFault();
  const write = connect(url, WRITE, (error) => fault.note(error));
  const auditWrite = connect(url, AUDIT, (error) => fault.note(error));
  const leaseWrite = connect(url, LEASE);
  const read = connect(url, READ);
  const longRead = connect(url, LONG_READ);
  const bell = new SharedBell(url);
  // So that its first ring, which tells of nothing that a listener missed, is over before there are listeners.
  await bell.firstTried;
  bell.listen(createAnalyser(longRead));
  const later = createLater();
  let isOpen = true;
  return {
    write: retrying(write),
    auditWrite,
    leaseWrite,
    read,
    longRead,
    dialect: postgresDialect,
    logPlace: databaseLogPlace(read),
    onReconnect: (listener) => bell.onReconnect(listener),
    bell,
    async now(transaction) {
      const at = await readClock(transaction ?? read);
      return later(at);
    },
    isAlive: () => isOpen,
    isWritable: () => fault.isOver(write),
    async close() {
      if (!isOpen) return;
      isOpen = false;
      const pools = [write, auditWrite, leaseWrite, read, longRead];
      await Promise.all([...pools.map((pool) => pool.destroy()), bell.close()]);
    },
  };
}

/** A connection of `pg` is to be given one statement at a time. */
class UnawaitedPostgres extends PostgresDialect {
  override createDriver(): Driver {
    return withUnawaitedInserts(super.createDriver(), { isQueue: false });
  }
}

function connect(url: string, use: Use, onError?: (error: Error) => void): Kysely<Tables> {
  return new Kysely<Tables>({ dialect: new UnawaitedPostgres({ pool: createPool(url, use, onError) }) });
}

async function prepare(url: string): Promise<void> {
  const database = connect(url, MIGRATE);
  try {
    await refuseOtherEncoding(database);
    await migrate(database, postgresDialect);
  } catch (error) {
    throw refusalOf(error);
  } finally {
    await database.destroy();
  }
}

/** Text in another encoding would be refused, or changed, when it is first met. */
async function refuseOtherEncoding(database: Kysely<Tables>): Promise<void> {
  const { rows } = await sql<{ server_encoding: string }>`show server_encoding`.execute(database);
  if (rows[0]?.server_encoding === 'UTF8') return;
  throw new StoreRefusedError('The database of DATABASE_URL is not encoded in UTF8: make one that is.');
}

/** What an operator can mend, in one line without any part of the URL. */
function refusalOf(error: unknown): unknown {
  if (error instanceof StoreUnavailableError)
    return new StoreRefusedError(`The database of DATABASE_URL cannot be used: ${error.message}`);
  if (error instanceof StatementRefusedError && error.code === '42501')
    return new StoreRefusedError('The user of DATABASE_URL may not make tables in that database.');
  if (error instanceof StatementRefusedError && error.code === '42704')
    return new StoreRefusedError('The server of DATABASE_URL is too old: PostgreSQL 13 or newer is needed.');
  return error;
}

const INSTANT = 'YYYY-MM-DD"T"HH24:MI:SS.US"000Z"';

async function readClock(database: Kysely<Tables> | Transact): Promise<Instant> {
  const { rows } = await sql<{ at: Instant }>`
    select to_char(clock_timestamp() at time zone 'UTC', ${INSTANT}) as at`.execute(database);
  const at = rows[0]?.at;
  if (at === undefined) throw new StoreUnavailableError('PostgreSQL did not tell the time.');
  return at;
}

/** As clock.ts, by times that are given. */
function createLater(): (at: Instant) => Instant {
  let given: Instant;
  const clock = createClock(() => given);
  return (at) => {
    given = at;
    return clock();
  };
}

const MAX_RUNS = 4;

/** Runs a transaction again that lost against another: it left nothing behind, and the store's have no other effects. */
function retrying(database: Kysely<Tables>): Kysely<Tables> {
  const begin = database.transaction.bind(database);
  database.transaction = () => {
    const builder: TransactionBuilder<Tables> = begin();
    const execute = builder.execute.bind(builder);
    builder.execute = async (work) => {
      for (let run = 1; ; run += 1) {
        try {
          return await execute(work);
        } catch (error) {
          if (!(error instanceof TransactionConflictError) || run === MAX_RUNS) throw error;
        }
      }
    };
    return builder;
  };
  return database;
}
