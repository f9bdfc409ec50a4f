import { StoreUnavailableError } from '#store/database';

/** A transaction that lost against another one and can be run again from its start. */
export class TransactionConflictError extends Error {
  override readonly name = 'TransactionConflictError';
}

/** A statement that PostgreSQL refuses. Its own message and detail may quote values, so they are left out. */
export class StatementRefusedError extends Error {
  override readonly name = 'StatementRefusedError';
  /** SQLSTATE. */
  readonly code: string;

  constructor(code: string, constraint: string | null) {
    super(
      `PostgreSQL refused a statement: SQLSTATE ${code}${constraint === null ? '' : ` by ${constraint}`}.`,
    );
    this.code = code;
  }
}

/** Serialization failure, deadlock. */
const CONFLICTS: readonly string[] = ['40001', '40P01'];

/**
 * SQLSTATEs, by their beginning, of a server that cannot serve now: connection exceptions, authorization, no such
 * database, read-only (a standby), insufficient resources, lock not available, intervention (shutdown, timeouts),
 * idle in transaction, system errors.
 */
const UNAVAILABLE: readonly string[] = ['08', '28', '3D', '25006', '25P03', '53', '55P03', '57', '58'];

/** What pg threw, as the store tells it: without any text of the server's, of the statement or of the address. */
export function storeErrorOf(error: unknown): Error {
  const code = codeOf(error);
  if (isSqlState(code)) return errorOfState(code, constraintOf(error));
  // A fault of this program (a value that has no text) is no fault of the connection.
  if (error instanceof TypeError || error instanceof RangeError) return error;
  return new StoreUnavailableError(`PostgreSQL cannot be reached (${code ?? 'connection lost'}).`);
}

function errorOfState(code: string, constraint: string | null): Error {
  if (CONFLICTS.includes(code)) return new TransactionConflictError(`A transaction lost (SQLSTATE ${code}).`);
  if (UNAVAILABLE.some((start) => code.startsWith(start)))
    return new StoreUnavailableError(`PostgreSQL cannot serve (SQLSTATE ${code}).`);
  return new StatementRefusedError(code, constraint);
}

/** True where no server answered, or one that ends its connections. */
export function isConnectionLost(error: unknown): boolean {
  const code = codeOf(error);
  if (isSqlState(code)) return code.startsWith('57P');
  return storeErrorOf(error) instanceof StoreUnavailableError;
}

/** SQLSTATE, or the system's code of a connection (ECONNREFUSED); null where there is neither. */
export function codeOf(error: unknown): string | null {
  const code = error instanceof Error && 'code' in error ? error.code : null;
  return typeof code === 'string' && /^[A-Z0-9_]+$/.test(code) ? code : null;
}

function isSqlState(code: string | null): code is string {
  return code !== null && code.length === 5 && /\d/.test(code);
}

/** Names of constraints are this program's own. */
function constraintOf(error: unknown): string | null {
  const constraint = error instanceof Error && 'constraint' in error ? error.constraint : null;
  return typeof constraint === 'string' ? constraint : null;
}
