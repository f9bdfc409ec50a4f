import type { PostgresPool, PostgresPoolClient } from 'kysely';
import pg from 'pg';

import { StoreUnavailableError } from '#store/database';
import { preparedName } from '#store/prepared-texts';

import { isConnectionLost, storeErrorOf } from './postgres-errors.ts';

/** What the connections of a pool are for. */
export interface Use {
  readonly connections: number;
  readonly readOnly: boolean;
  /** How long one statement may take; null: as long as it takes. */
  readonly statementTimeoutMs: number | null;
  /** How long a server that ended no statement in time is waited for beyond that; absent: 5 seconds. */
  readonly answerGraceMs?: number;
  /** To connect, or to get a free connection of the pool; absent: 10 seconds. */
  readonly connectTimeoutMs?: number;
  /** What one sort may take of the server's memory; absent: as the server is set. */
  readonly workMemory?: string;
}

/** To connect, or to get a free connection of the pool. */
const CONNECT_TIMEOUT_MS = 10_000;
const LOCK_TIMEOUT_MS = 10_000;
/** A gateway that stalls inside a transaction holds up everybody's appends: it loses them. */
const IDLE_IN_TRANSACTION_TIMEOUT_MS = 10_000;
/** The server ends a statement first; this is for a server that does not answer any more. */
const ANSWER_GRACE_MS = 5_000;
const KEEP_ALIVE_AFTER_MS = 10_000;

/** What every connection to the server has, whatever it is for. */
export function connectionOptions(url: string): pg.ClientConfig {
  return {
    connectionString: url,
    application_name: 'kyc-gateway',
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    keepAlive: true,
    keepAliveInitialDelayMillis: KEEP_ALIVE_AFTER_MS,
    types: createTypes(),
  };
}

/**
 * A pool that heals: a connection that is lost, or whose state is not known any more, is thrown away, and with it all
 * that have not answered since, which most likely are lost too; the next caller gets a new one. Errors come as the store tells them (postgres-errors.ts), to `onError` too.
 */
export function createPool(url: string, use: Use, onError: (error: Error) => void = () => {}): PostgresPool {
  const timeout = use.statementTimeoutMs;
  const proofs = new Proofs();
  const pool = new pg.Pool({
    ...connectionOptions(url),
    max: use.connections,
    connectionTimeoutMillis: use.connectTimeoutMs ?? CONNECT_TIMEOUT_MS,
    ...(timeout === null ? {} : { query_timeout: timeout + (use.answerGraceMs ?? ANSWER_GRACE_MS) }),
    // pg-pool waits for it before anyone gets a new connection.
    verify: (client, done) => {
      prepareSession(client, use).then(() => done(proofs.note(client)), done);
    },
  });
  // The pool has thrown the idle connection away by then; unheard, the event would end the process.
  pool.on('error', () => {});
  return {
    options: pool.options,
    async connect() {
      try {
        return guarded(await connectProved(pool, proofs), proofs, onError);
      } catch (thrown) {
        const error = storeErrorOf(thrown);
        onError(error);
        throw error;
      }
    },
    end: () => pool.end(),
  };
}

/** When connections answered last: by performance.now(). */
class Proofs {
  readonly #answeredAtMs = new WeakMap<pg.ClientBase, number>();
  #lostAtMs = Number.NEGATIVE_INFINITY;

  note(client: pg.ClientBase): undefined {
    this.#answeredAtMs.set(client, performance.now());
  }

  noteLoss(): void {
    this.#lostAtMs = performance.now();
  }

  /** False where another connection was lost since this one answered. */
  has(client: pg.ClientBase): boolean {
    return (this.#answeredAtMs.get(client) ?? Number.NEGATIVE_INFINITY) >= this.#lostAtMs;
  }
}

async function connectProved(pool: pg.Pool, proofs: Proofs): Promise<pg.PoolClient> {
  for (;;) {
    const client = await pool.connect();
    if (proofs.has(client)) return client;
    client.release(true);
  }
}

/** By SET, since what stands in the URL would win over options. */
async function prepareSession(client: pg.ClientBase, use: Use): Promise<void> {
  // While it is lent out the pool does not listen; the statement under way rejects all the same.
  client.on('error', () => {});
  const limited = use.statementTimeoutMs !== null;
  const settings = {
    statement_timeout: use.statementTimeoutMs ?? 0,
    lock_timeout: limited ? LOCK_TIMEOUT_MS : 0,
    idle_in_transaction_session_timeout: limited ? IDLE_IN_TRANSACTION_TIMEOUT_MS : 0,
    // The append lock is the first statement: only here does the next one see what its last holder wrote.
    default_transaction_isolation: 'read committed',
    default_transaction_read_only: use.readOnly ? 'on' : 'off',
    // Compiling takes longer than any statement of ours.
    jit: 'off',
    // Pages walk the index made for their order, however many rows share one time.
    enable_incremental_sort: 'off',
    ...(use.workMemory === undefined ? {} : { work_mem: use.workMemory }),
  };
  await client.query(
    'select set_config(name, value, false) from unnest($1::text[], $2::text[]) as settings(name, value)',
    [Object.keys(settings), Object.values(settings).map(String)],
  );
}

function guarded(client: pg.PoolClient, proofs: Proofs, onError: (error: Error) => void): PostgresPoolClient {
  let isLost = false;
  const query = async (sql: string, parameters: readonly unknown[]) => {
    try {
      const name = preparedName(sql);
      const { command, rowCount, rows } = await client.query<Record<string, unknown>>({
        ...(name === undefined ? {} : { name }),
        text: sql,
        values: [...parameters],
      });
      proofs.note(client);
      return { command, rowCount: rowCount ?? 0, rows };
    } catch (thrown) {
      const error = storeErrorOf(thrown);
      isLost ||= error instanceof StoreUnavailableError;
      if (isConnectionLost(thrown)) proofs.noteLoss();
      onError(error);
      throw error;
    }
  };
  return {
    query: query as PostgresPoolClient['query'],
    release: (destroy) => client.release(destroy === true || isLost),
  };
}

/** int8 and numeric as numbers (positions and counts stay under 2^53), bytes as they come from SQLite. */
function createTypes(): pg.TypeOverrides {
  const types = new pg.TypeOverrides();
  const { INT8, NUMERIC, BYTEA } = pg.types.builtins;
  types.setTypeParser(INT8, Number);
  types.setTypeParser(NUMERIC, Number);
  const parseBytes: (text: string) => Buffer = pg.types.getTypeParser(BYTEA);
  types.setTypeParser(BYTEA, (text) => {
    const { buffer, byteOffset, length } = parseBytes(text);
    return new Uint8Array(buffer, byteOffset, length);
  });
  return types;
}
