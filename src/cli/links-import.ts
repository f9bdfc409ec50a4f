import { open } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

import { type CsvError, parse } from 'csv-parse';
import { stringify } from 'csv-stringify';

import { openGatewayStore } from '#gateway';
import type { SourceId } from '#kyc/source-id';
import { rooms } from '#sources/index';
import { type ImportedPerson, type ImportOutcome, MAX_IMPORTED, type Store } from '#store/store';

import { auditAct } from './audit-act.ts';
import { exitCode } from './exit-code.ts';
import { LinksFileError, parseHeader, parseLine } from './links-file.ts';
import { orExplain } from './or-explain.ts';
import { readSettingsOrExplain } from './read-settings.ts';

/** As the links name who made them. */
const BY = 'links import';

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

export async function importLinks(file: string, dryRun: boolean): Promise<void> {
  const settings = readSettingsOrExplain();
  if (settings === null) return;
  await orExplain(async () => {
    // Before the store: a wrong name opens nothing.
    const input = file === '-' ? process.stdin : (await open(file)).createReadStream();
    const { store } = await openGatewayStore(settings);
    const counts: Counts = { takenIn: 0, known: 0, refused: 0 };
    try {
      if (!dryRun) await auditAct(store, 'LINKS_IMPORT', null);
      const report = reportOf(refusedLines(input, store, { dryRun, counts }));
      await pipeline(report, stringify(), process.stdout, { end: false });
    } finally {
      await store.close();
      if (counts.refused > 0) process.exitCode = exitCode.FAILED;
      process.stderr.write(summaryOf(counts, dryRun));
    }
  });
}

function summaryOf({ takenIn, known, refused }: Counts, dryRun: boolean): string {
  const start = dryRun ? 'Dry run, nothing was kept. ' : '';
  return `${start}Taken in: ${takenIn}. Known already: ${known}. Refused: ${refused}.\n`;
}

/** The header of the report comes with the first line that is refused. */
async function* reportOf(lines: AsyncIterable<Refused>): AsyncGenerator<readonly string[]> {
  let isFirst = true;
  for await (const { line, code, message } of lines) {
    if (isFirst) yield ['line', 'code', 'message'];
    isFirst = false;
    yield [String(line), code, message];
  }
}

/**
 * Takes a file in, some people at a time, and gives the lines that are refused, in the order of the file.
 * @throws LinksFileError for a header that cannot be used
 */
export async function* refusedLines(
  input: Readable,
  store: Pick<Store, 'importPeople'>,
  { dryRun, counts }: { dryRun: boolean; counts: Counts },
): AsyncGenerator<Refused> {
  const sources = rooms.map(({ descriptor }) => descriptor.id);
  for await (const batch of batchesOf(linesOf(input, sources))) {
    const people = batch.flatMap((read) => ('person' in read ? [read.person] : []));
    const outcomes = (await store.importPeople(people, { by: BY, dryRun })).values();
    for (const read of batch) {
      const refusal = 'person' in read ? count(outcomes.next().value, counts) : read.refusal;
      if (!('person' in read)) counts.refused += 1;
      if (refusal !== null) yield { line: read.line, ...refusal };
    }
  }
}

function count(outcome: ImportOutcome | undefined, counts: Counts): ImportOutcome['refusal'] {
  if (outcome === undefined) throw new TypeError('The store answers every person.');
  if (outcome.refusal !== null) counts.refused += 1;
  else if (outcome.changed) counts.takenIn += 1;
  else counts.known += 1;
  return outcome.refusal;
}

type ReadLine = { readonly line: number } & (
  | { readonly person: ImportedPerson }
  | { readonly refusal: Omit<Refused, 'line'> }
);

async function* linesOf(input: Readable, sources: readonly SourceId[]): AsyncGenerator<ReadLine> {
  let columns: ReturnType<typeof parseHeader> | null = null;
  for await (const { cells, line } of recordsOf(input)) {
    if (cells === null)
      yield { line, refusal: invalid('Its quotes do not match; nothing after it was read.') };
    else if (columns === null) columns = parseHeader(cells, sources);
    else yield { line, ...personOf(cells, columns) };
  }
  if (columns === null) throw new LinksFileError('The file is empty: its first line names its columns.');
}

function personOf(cells: readonly string[], columns: ReturnType<typeof parseHeader>) {
  try {
    return { person: parseLine(cells, columns) };
  } catch (error) {
    if (!(error instanceof LinksFileError)) throw error;
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

/** Bytes as text, without a mark at the start. @throws LinksFileError for bytes that are no UTF-8 */
async function* textOf(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  try {
    for await (const chunk of chunks) yield decoder.decode(chunk, { stream: true });
    yield decoder.decode();
  } catch (error) {
    if (error instanceof TypeError) throw new LinksFileError('The file is not encoded in UTF-8.');
    throw error;
  }
}

async function* batchesOf(lines: AsyncIterable<ReadLine>): AsyncGenerator<readonly ReadLine[]> {
  let batch: ReadLine[] = [];
  for await (const line of lines) {
    batch.push(line);
    if (batch.length < MAX_IMPORTED) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}
