import { z } from 'zod';

import { incomplete, type SourceFailure } from '#kyc/source-report';

/** The document names no highest size; a source that clamps it pages by its own. */
export const PAGE_SIZE = 100;
const MOST_PAGES = 100_000;

const wirePosition = z.object({
  /** The page to ask for, from 0. */
  page: z.number(),
  /** Kept for the whole walk: another size would move all pages. */
  size: z.number(),
  /** Rows so far, doubled ones included. */
  seen: z.number(),
  /** First row of the page before. */
  first: z.string().nullable(),
  /** First row of an earlier page, moved on at each power of two: it comes again where pages go round (Brent). */
  anchor: z.string().nullable(),
});
/** Where a walk over the list stands: plain JSON, kept as the checkpoint of a scan. */
export type Position = z.infer<typeof wirePosition>;

const START: Position = { page: 0, size: PAGE_SIZE, seen: 0, first: null, anchor: null };

/** What one answer says of the way on; null where the source does not say. */
export interface Answer {
  /** Id of the first row that has one. */
  readonly firstId: string | null;
  readonly rowCount: number;
  readonly totalPages: number | null;
  readonly totalElements: number | null;
  readonly hasNext: boolean | null;
}

export interface Step {
  readonly next: Position | null;
  /** Why rows may be missing; null when the walk came to its end, or there are more to come. */
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
 * Where to go after an answer. The end is an empty page, or the last one by `totalPages` once as many rows came as
 * `totalElements` counts; `hasNext` decides only where there is no `totalPages`. Every way ends, whatever is answered.
 */
export function advance(at: Position, answer: Answer): Step {
  if (answer.rowCount === 0) return END;
  const { firstId } = answer;
  if (repeats(at, answer)) return stopShort('The pages of the list repeat.');
  const page = at.page + 1;
  const seen = at.seen + answer.rowCount;
  if (isLast(page, answer) && seen >= (answer.totalElements ?? 0)) return END;
  if (page >= MOST_PAGES) return stopShort('The list did not end.');
  const anchor = Number.isInteger(Math.log2(page)) ? firstId : at.anchor;
  return { next: { page, size: at.size, seen, first: firstId, anchor }, incomplete: null };
}

/** Pages without a single id are told apart by nothing: where the source does not count them, the second is one too many. */
function repeats(at: Position, { firstId, totalPages }: Answer): boolean {
  if (firstId === null) return at.page > 0 && at.first === null && totalPages === null;
  return firstId === at.first || firstId === at.anchor;
}

function isLast(pages: number, { totalPages, hasNext }: Answer): boolean {
  return totalPages === null ? hasNext === false : pages >= totalPages;
}
