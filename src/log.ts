import { type DestinationStream, pino } from 'pino';

/**
 * What a log line may say beside its message. An allow-list: a field that is not named here is not written, at any
 * depth, so that no payload, token, name or document number reaches a log by accident. None of these holds an id of a user.
 */
export interface LogFields {
  /** The gateway's own id of an HTTP request. */
  readonly requestId?: string;
  readonly source?: string;
  /** A stable code of an error. */
  readonly code?: string;
  /** `Type.field` or a field's name in the schema. */
  readonly field?: string;
  readonly httpStatus?: number;
  readonly durationMs?: number;
  readonly count?: number;
  /** What `count` comes to in the end. */
  readonly total?: number;
  readonly perSecond?: number;
  /** The gateway's own address. */
  readonly url?: string;
  readonly signal?: string;
  /** Written as its class and where it was thrown; never its message, which may quote a value. */
  readonly error?: unknown;
}

export interface Logger {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
}

export const logLevels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
export type LogLevel = (typeof logLevels)[number];

const PLAIN_FIELDS = [
  'requestId',
  'source',
  'code',
  'field',
  'httpStatus',
  'durationMs',
  'count',
  'total',
  'perSecond',
  'url',
  'signal',
] as const satisfies readonly (keyof LogFields)[];

/** JSON lines, to standard error unless told otherwise: standard output belongs to what a command answers. */
export function createLogger(
  level: LogLevel,
  destination: DestinationStream = pino.destination({ dest: 2, sync: true }),
): Logger {
  const lines = pino({ level, base: null, timestamp: pino.stdTimeFunctions.isoTime }, destination);
  return {
    debug: (message, fields) => lines.debug(allowed(fields), message),
    info: (message, fields) => lines.info(allowed(fields), message),
    warn: (message, fields) => lines.warn(allowed(fields), message),
    error: (message, fields) => lines.error(allowed(fields), message),
  };
}

function allowed(fields: LogFields = {}): object {
  const line: Record<string, unknown> = {};
  for (const name of PLAIN_FIELDS) {
    const value = fields[name];
    if (typeof value === 'string' || typeof value === 'number') line[name] = value;
  }
  if (fields.error !== undefined) line['error'] = describe(fields.error);
  return line;
}

function describe(error: unknown): { name: string; at: readonly string[] } {
  if (!(error instanceof Error)) return { name: typeof error, at: [] };
  const frames = (error.stack ?? '')
    .replace(error.message, '')
    .split('\n')
    .filter((line) => /^\s+at /.test(line));
  return { name: error.constructor.name, at: frames.slice(0, 10).map((line) => line.trim()) };
}
