import { z } from 'zod';

import { incomplete, type SourceFailure } from '#kyc/source-report';

/** The vendor's pagination page names 100 as the most rows of one answer. */
export const PAGE_LIMIT = 100;
/** How far `limit` is raised at a source without a cursor. */
export const HIGHEST_LIMIT = 25_600;
const LIMIT_GROWTH = 4;
const MOST_PAGES = 100_000;

const wirePosition = z.object({
  /** Cursor of the request to make; null for the first, and wherever `limit` is raised instead. */
  after: z.string().nullable(),
  limit: z.number(),
  /** True once the cursor proved to be ignored. */
  raising: z.boolean(),
  /** First row of the first page: it comes again where the cursor is ignored. */
  first: z.string().nullable(),
  /** An earlier cursor, moved on at each power of two: it comes again where pages go round in a circle (Brent). */
  anchor: z.string().nullable(),
  /** Answers so far. */
  pages: z.number(),
  /** The most rows that one answer held. */
  most: z.number(),
});
/** Where a walk over the list stands: plain JSON, kept as the checkpoint of a scan. */
export type Position = z.infer<typeof wirePosition>;

const START: Position = {
  after: null,
  limit: PAGE_LIMIT,
  raising: false,
  first: null,
  anchor: null,
  pages: 0,
  most: 0,
};

/** What one answer says of the way on. */
export interface Answer {
  /** Ids of the rows that have one, in the order sent. */
  readonly ids: readonly string[];
  readonly rowCount: number;
  /** Null where the source does not say. */
  readonly hasMore: boolean | null;
}

export interface Step {
  readonly next: Position | null;
  /** Why rows may be missing; null when all were given, or there are more to come. */
  readonly incomplete: SourceFailure | null;
}

const END: Step = { next: null, incomplete: null };

function stopShort(message: string): Step {
  return { next: null, incomplete: incomplete(message) };
}

/** Reads a checkpoint; null, or one of another form, is the start. */
export function readPosition(checkpoint: unknown): Position {
  const parsed = wirePosition.safeParse(checkpoint);
  return parsed.success ? parsed.data : START;
}

/**
 * Where to go after an answer: by the cursor; where that does not move, by raising `limit`; where that is clamped too,
 * nowhere. Every way ends, whatever the source answers.
 */
export function advance(at: Position, answer: Answer): Step {
  if (answer.hasMore === false) return END;
  const seen = { ...at, pages: at.pages + 1, most: Math.max(at.most, answer.rowCount) };
  if (seen.pages >= MOST_PAGES) return stopShort('The list did not end.');
  return at.raising ? raise(seen, answer.rowCount > at.most) : follow(seen, answer);
}

/** Where to go when the source refuses the request of this position (a client error): its cursor or its limit. */
export function advanceRefused(at: Position): Step {
  return raise({ ...at, pages: at.pages + 1 }, !at.raising);
}

function follow(at: Position, { ids, rowCount, hasMore }: Answer): Step {
  const last = ids.at(-1);
  if (last === undefined) {
    return rowCount === 0 && hasMore === null ? END : stopShort('The list says it has more and gives none.');
  }
  const stuck = at.after !== null && (ids[0] === at.first || last === at.after || last === at.anchor);
  if (stuck) return raise(at, true);
  const anchor = Number.isInteger(Math.log2(at.pages)) ? last : at.anchor;
  return { next: { ...at, after: last, first: at.first ?? ids[0] ?? null, anchor }, incomplete: null };
}

function raise(at: Position, moved: boolean): Step {
  if (!moved) return stopShort('The list can be read neither by a cursor nor by a higher limit.');
  if (at.limit >= HIGHEST_LIMIT)
    return stopShort(`The list has more than ${HIGHEST_LIMIT} rows and no cursor.`);
  return { next: { ...at, after: null, raising: true, limit: at.limit * LIMIT_GROWTH }, incomplete: null };
}
