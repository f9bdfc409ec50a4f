import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

import { type CsvError, parse } from 'csv-parse';

/** A file or line that cannot be read; the message repeats nothing of it. */
export class CsvFileError extends Error {
  override readonly name = 'CsvFileError';
}

/** A line that is not taken in, and why, without anything that stands in it. */
export interface Refused {
  readonly line: number;
  readonly code: string;
  readonly message: string;
}
export interface Counts {
  takenIn: number;
  known: number;
  refused: number;
}

type Outcome =
  | { readonly changed: boolean; readonly refusal: null }
  | { readonly changed: false; readonly refusal: Omit<Refused, 'line'> };

/** How the lines of a file are read and taken in. */
export interface CsvIntake<Column, Item> {
  /** @throws CsvFileError for a header that cannot be used */
  readonly readHeader: (cells: readonly string[]) => readonly Column[];
  /** @throws CsvFileError for a line that cannot be read */
  readonly readLine: (cells: readonly string[], columns: readonly Column[]) => Item;
  /** At most `atOnce` items; the outcomes answer them in order. */
  readonly take: (items: readonly Item[]) => Promise<readonly Outcome[]>;
  readonly atOnce: number;
}

/**
 * Takes a file in, some lines at a time, and gives those that are refused, in the order of the file.
 * @throws CsvFileError for a file that cannot be read, or a header that cannot be used
 */
export async function* refusedLines<Column, Item>(
  input: Readable,
  intake: CsvIntake<Column, Item>,
  counts: Counts,
): AsyncGenerator<Refused> {
  for await (const batch of batchesOf(linesOf(input, intake), intake.atOnce)) {
    const items = batch.flatMap((read) => ('item' in read ? [read.item] : []));
    const outcomes = (await intake.take(items)).values();
    for (const read of batch) {
      const refusal = 'item' in read ? count(outcomes.next().value, counts) : read.refusal;
      if (!('item' in read)) counts.refused += 1;
      if (refusal !== null) yield { line: read.line, ...refusal };
    }
  }
}

function count(outcome: Outcome | undefined, counts: Counts): Outcome['refusal'] {
  if (outcome === undefined) throw new TypeError('Every item is answered.');
  if (outcome.refusal !== null) counts.refused += 1;
  else if (outcome.changed) counts.takenIn += 1;
  else counts.known += 1;
  return outcome.refusal;
}

/** The lines that are refused as a table. Its header comes with the first of them. */
export async function* reportOf(lines: AsyncIterable<Refused>): AsyncGenerator<readonly string[]> {
  let isFirst = true;
  for await (const { line, code, message } of lines) {
    if (isFirst) yield ['line', 'code', 'message'];
    isFirst = false;
    yield [String(line), code, message];
  }
}

export function summaryOf({ takenIn, known, refused }: Counts): string {
  return `Taken in: ${takenIn}. Known already: ${known}. Refused: ${refused}.\n`;
}

type ReadLine<Item> = { readonly line: number } & (
  | { readonly item: Item }
  | { readonly refusal: Omit<Refused, 'line'> }
);

async function* linesOf<Column, Item>(
  input: Readable,
  intake: CsvIntake<Column, Item>,
): AsyncGenerator<ReadLine<Item>> {
  let columns: readonly Column[] | null = null;
  for await (const { cells, line } of recordsOf(input)) {
    if (cells === null)
      yield { line, refusal: invalid('Its quotes do not match; nothing after it was read.') };
    else if (columns === null) columns = intake.readHeader(cells);
    else yield { line, ...itemOf(cells, columns, intake) };
  }
  if (columns === null) throw new CsvFileError('The file is empty: its first line names its columns.');
}

function itemOf<Column, Item>(
  cells: readonly string[],
  columns: readonly Column[],
  { readLine }: CsvIntake<Column, Item>,
) {
  try {
    return { item: readLine(cells, columns) };
  } catch (error) {
    if (!(error instanceof CsvFileError)) throw error;
    return { refusal: invalid(error.message) };
  }
}

function invalid(message: string): Omit<Refused, 'line'> {
  return { code: 'INVALID_INPUT', message };
}

/** More than any line of a hundred identities needs: a quote that is never closed ends the file here, not the memory. */
const MAX_LINE_BYTES = 262_144;

/** `cells` is null where the file cannot be read further. All that stands before is given first. */
async function* recordsOf(input: Readable): AsyncGenerator<{ cells: string[] | null; line: number }> {
  let brokenAt: number | null = null;
  // An error would take records with it that wait to be read; a skip does not.
  const onSkip = (error: CsvError | undefined) => {
    brokenAt ??= Number(error?.['lines']);
    return undefined;
  };
  const limits = { maxRecordSize: MAX_LINE_BYTES, skipRecordsWithError: true, onSkip };
  const parser = parse({ info: true, relaxColumnCount: true, skipEmptyLines: true, ...limits });
  const fed = pipeline(input, textOf, parser);
  // The loop below meets the same error.
  fed.catch(() => {});
  type Parsed = { record: string[]; info: { lines: number } };
  for await (const { record, info } of parser as AsyncIterable<Parsed>) {
    if (brokenAt !== null && info.lines >= brokenAt) break;
    yield { cells: record, line: info.lines };
  }
  if (brokenAt === null) await fed;
  else yield { cells: null, line: brokenAt };
}

/** Bytes as text, without a mark at the start. @throws CsvFileError for bytes that are no UTF-8 */
async function* textOf(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  try {
    for await (const chunk of chunks) yield decoder.decode(chunk, { stream: true });
    yield decoder.decode();
  } catch (error) {
    if (error instanceof TypeError) throw new CsvFileError('The file is not encoded in UTF-8.');
    throw error;
  }
}

async function* batchesOf<Item>(
  lines: AsyncIterable<ReadLine<Item>>,
  atOnce: number,
): AsyncGenerator<readonly ReadLine<Item>[]> {
  let batch: ReadLine<Item>[] = [];
  for await (const line of lines) {
    batch.push(line);
    if (batch.length < atOnce) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}
