import { z } from 'zod';

import {
  type Day,
  fromEpochMilliseconds,
  fromEpochSeconds,
  type Instant,
  parseDay,
  parseRfc3339,
} from '#kyc/instant';

/**
 * The values that sources send, read once for all rooms. Absent, null and an empty string are null. A value of another
 * form is an issue whose message says what was expected and never what came.
 */
const MAX_ID_LENGTH = 200;
/** Far more than any text, or list within a record, that the sources document; raw keeps what is longer. */
const MAX_TEXT_LENGTH = 50_000;
const MAX_ITEMS = 1000;
/** The end of GraphQL's Int. */
const MAX_COUNT = 2_147_483_647;

/** PostgreSQL refuses NUL, and a lone surrogate does not survive UTF-8. */
function isStorable(text: string): boolean {
  return !text.includes('\u0000') && text.isWellFormed();
}

function nullable<Out>(schema: z.ZodType<Out | null>) {
  return schema.nullish().transform((value) => value ?? null);
}

/** Reads a string by `read`; null from `read` is an issue that says what was expected. */
function textRead<Out>(expected: string, read: (text: string) => Out | null) {
  const tooLong = `text of at most ${MAX_TEXT_LENGTH} characters`;
  const sent = z.string({ error: expected }).max(MAX_TEXT_LENGTH, { error: tooLong });
  return nullable<Out>(
    sent.transform((text, context): Out | null => {
      if (text === '') return null;
      const value = read(text);
      if (value !== null) return value;
      context.issues.push({ code: 'custom', message: expected, input: null });
      return z.NEVER;
    }),
  );
}

/** Any text of at most 50,000 characters. */
export const wireText = textRead<string>('text', (text) => (isStorable(text) ? text : null));

/** Text that names something elsewhere: at most 200 characters. */
export const wireReference = textRead<string>('id of at most 200 characters', asId);

/** The id by which a row is known: without it the row cannot be identified. */
export const wireId = z
  .string({ error: 'id of at most 200 characters' })
  .refine((text) => text !== '' && asId(text) !== null, { error: 'id of at most 200 characters' });

function asId(text: string): string | null {
  return text.length <= MAX_ID_LENGTH && isStorable(text) ? text : null;
}

/** RFC 3339 with any offset and up to nine fraction digits. */
export const wireRfc3339 = textRead<Instant>('RFC 3339 time', parseRfc3339);

/** `YYYY-MM-DD` */
export const wireDay = textRead<Day>('day as YYYY-MM-DD', parseDay);

/** Epoch seconds; 0 is 1970. */
export const wireEpochSeconds = epoch('time in epoch seconds', fromEpochSeconds);

/** Epoch milliseconds; 0 is 1970. */
export const wireEpochMilliseconds = epoch('time in epoch milliseconds', fromEpochMilliseconds);

function epoch(expected: string, read: (value: number) => Instant | null) {
  return nullable<Instant>(
    z.number({ error: expected }).transform((value, context): Instant | null => {
      const at = read(value);
      if (at !== null) return at;
      context.issues.push({ code: 'custom', message: expected, input: null });
      return z.NEVER;
    }),
  );
}

/** true or false; words and numbers are none. */
export const wireBoolean = nullable<boolean>(z.boolean({ error: 'true or false' }));

/** A JSON object of the source's own making, passed on unmapped. */
export const wireObject = nullable<Record<string, unknown>>(
  z.custom<Record<string, unknown>>(
    (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
    {
      error: 'object',
    },
  ),
);

/** How many rows or pages there are; null where that is missing, no count, or more than can be told on. */
export const wireCount = z.int().min(0).max(MAX_COUNT).nullable().catch(null);

/** A list of at most 1,000 items; absent and null are empty. A longer one is not looked into. */
export function wireList<Out>(item: z.ZodType<Out>) {
  return z
    .array(z.unknown(), { error: 'list' })
    .max(MAX_ITEMS, { error: `list of at most ${MAX_ITEMS} items` })
    .pipe(z.array(item))
    .nullish()
    .transform((items) => items ?? []);
}
