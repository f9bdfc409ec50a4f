import type { CompiledQuery, DatabaseConnection, Driver, QueryResult } from 'kysely';

/** Texts of statements that give nothing back, so that nobody need wait for each of them. */
const unawaited = new Set<string>();

/** From now on nobody waits for statements of this text. Few and fixed texts, since each is kept for good. */
export function leaveUnawaited(text: string): void {
  unawaited.add(text);
}

/**
 * A driver that sends such statements and goes on: whoever wrote them makes the next ones while the database is at work.
 * A connection runs its statements one after the other, so that whatever is read next sees them. One that fails fails
 * the next statement that is waited for, the commit at the latest.
 * @param isQueue a connection takes statements while it is at work on others; else each is sent when the last has ended
 */
export function withUnawaitedInserts(driver: Driver, { isQueue }: { readonly isQueue: boolean }): Driver {
  const connections = new WeakMap<DatabaseConnection, Connection>();
  const of = (connection: DatabaseConnection): Connection => {
    if (!(connection instanceof Connection)) throw new TypeError('Not a connection of this driver.');
    return connection;
  };
  const flushed = async (connection: DatabaseConnection): Promise<DatabaseConnection> => {
    await of(connection).flush();
    return of(connection).inner;
  };
  return {
    init: (options) => driver.init(options),
    async acquireConnection(options) {
      const inner = await driver.acquireConnection(options);
      const known = connections.get(inner) ?? new Connection(inner, isQueue);
      connections.set(inner, known);
      return known;
    },
    beginTransaction: (connection, settings) => driver.beginTransaction(of(connection).inner, settings),
    commitTransaction: async (connection) => await driver.commitTransaction(await flushed(connection)),
    async rollbackTransaction(connection) {
      await of(connection).forget();
      await driver.rollbackTransaction(of(connection).inner);
    },
    releaseConnection: async (connection, options) =>
      await driver.releaseConnection(await flushed(connection), options),
    destroy: (options) => driver.destroy(options),
  };
}

class Connection implements DatabaseConnection {
  readonly inner: DatabaseConnection;
  readonly #isQueue: boolean;
  #last: Promise<unknown> = Promise.resolve();
  #failure: { readonly error: unknown } | null = null;

  constructor(inner: DatabaseConnection, isQueue: boolean) {
    this.inner = inner;
    this.#isQueue = isQueue;
  }

  async executeQuery<Row>(query: CompiledQuery): Promise<QueryResult<Row>> {
    const send = () => this.inner.executeQuery<Row>(query);
    const running = this.#isQueue ? send() : this.#last.then(send);
    if (unawaited.has(query.sql)) {
      this.#last = running.catch((error: unknown) => {
        this.#failure ??= { error };
      });
      return { rows: [] };
    }
    try {
      return await running;
    } finally {
      // After one that failed others fail for its sake: the first says why.
      this.#throwFailure();
    }
  }

  streamQuery(): never {
    throw new Error('The store pages; it does not stream.');
  }

  /** Waits for all that was sent. @throws what the first of it failed with */
  async flush(): Promise<void> {
    await this.#last;
    this.#throwFailure();
  }

  /** Waits too, and does not mind how it went. */
  async forget(): Promise<void> {
    await this.#last;
    this.#failure = null;
  }

  #throwFailure(): void {
    const failure = this.#failure;
    this.#failure = null;
    if (failure !== null) throw failure.error;
  }
}
