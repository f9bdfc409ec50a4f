import { type Instant, parseRfc3339 } from '#kyc/instant';
import type { SourceId } from '#kyc/source-id';
import type { IdentityRef } from '#kyc/user';
import type { ExportedPerson } from '#store/links/export-people';
import type { ImportedPerson } from '#store/links/imported-person';

import { CsvFileError } from './csv-file.ts';

/**
 * Links as a CSV file (RFC 4180, UTF-8): a header, then one person a line. A column per source holds the person's ids
 * there; user_id, aliases and created_at, which an export fills and a file made by hand leaves out, bring ids back.
 * Several values of one cell stand with | between them; a | or \ of a value itself stands behind a \.
 */
const OWN_COLUMNS = ['user_id', 'aliases', 'created_at'] as const;
type OwnColumn = (typeof OWN_COLUMNS)[number];
type Column = OwnColumn | SourceId;

export function headerOf(sources: readonly SourceId[]): readonly Column[] {
  return [...OWN_COLUMNS, ...sources];
}

/** The columns of a file in its own order. @throws CsvFileError */
export function parseHeader(cells: readonly string[], sources: readonly SourceId[]): readonly Column[] {
  const known = new Map(headerOf(sources).map((column) => [String(column), column]));
  const columns = cells.map((cell, at) => {
    const column = known.get(cell);
    if (column !== undefined) return column;
    throw new CsvFileError(
      `Column ${at + 1} of the header is none of ${[...known.keys()].join(', ')}. The first line of the file names its columns.`,
    );
  });
  if (new Set(columns).size < columns.length) throw new CsvFileError('A column stands twice in the header.');
  if (columns.every(isOwn)) throw new CsvFileError('The header names no source.');
  return columns;
}

/** One person as a line tells of it. @throws CsvFileError */
export function parseLine(cells: readonly string[], columns: readonly Column[]): ImportedPerson {
  if (cells.length !== columns.length)
    throw new CsvFileError(`The line has ${cells.length} cells where the header has ${columns.length}.`);
  const own = new Map<OwnColumn, string>();
  const identities: IdentityRef[] = [];
  for (const [at, column] of columns.entries()) {
    const cell = cells[at] ?? '';
    if (isOwn(column)) own.set(column, cell);
    else identities.push(...valuesOf(cell).map((externalId) => ({ source: column, externalId })));
  }
  const [userId = null, another] = valuesOf(own.get('user_id') ?? '');
  if (another !== undefined) throw new CsvFileError('A user has one user_id.');
  return {
    identities,
    userId,
    aliases: valuesOf(own.get('aliases') ?? ''),
    createdAt: timeOf(own.get('created_at')),
  };
}

export function lineOf(person: ExportedPerson, columns: readonly Column[]): readonly string[] {
  return columns.map((column) => {
    if (column === 'user_id') return cellOf([person.userId]);
    if (column === 'aliases') return cellOf(person.aliases);
    if (column === 'created_at') return person.createdAt;
    const there = person.identities.filter(({ source }) => source === column);
    return cellOf(there.map(({ externalId }) => externalId));
  });
}

function isOwn(column: Column): column is OwnColumn {
  return (OWN_COLUMNS as readonly string[]).includes(column);
}

function cellOf(values: readonly string[]): string {
  return values.map((value) => value.replace(/[\\|]/g, '\\$&')).join('|');
}

function valuesOf(cell: string): readonly string[] {
  if (cell === '') return [];
  if (!/^(?:[^\\]|\\[\\|])*$/s.test(cell)) throw new CsvFileError('A \\ stands before nothing but | or \\.');
  const values = cell.split(/(?<=(?:^|[^\\])(?:\\\\)*)\|/s).map((value) => value.replace(/\\([\\|])/g, '$1'));
  if (values.includes('')) throw new CsvFileError('A cell has an empty value.');
  return values;
}

function timeOf(cell: string | undefined): Instant | null {
  if (cell === undefined || cell === '') return null;
  const time = parseRfc3339(cell);
  if (time === null) throw new CsvFileError('created_at is no time of RFC 3339.');
  return time;
}
