import { canBeSubject } from '#access/subject';
import type { SourceId } from '#kyc/source-id';
import { isStorable } from '#store/any-of';
import { type Grant, grantKinds } from '#store/grants/grants';

import { CsvFileError } from './csv-file.ts';

/**
 * Grants as a CSV file (RFC 4180, UTF-8): a header, then one grant a line. kind is USER, SOURCE or BUSINESS_ACCOUNT, and
 * value a user's public id, a source, or a business account's id.
 */
export const grantColumns = ['partner', 'kind', 'value'] as const;
type Column = (typeof grantColumns)[number];

/** The columns of a file in its own order. @throws CsvFileError */
export function parseGrantsHeader(cells: readonly string[]): readonly Column[] {
  const columns = grantColumns.filter((column) => cells.includes(column));
  if (cells.length !== grantColumns.length || columns.length !== grantColumns.length)
    throw new CsvFileError('The first line of the file names its columns: partner, kind and value.');
  return cells as readonly Column[];
}

/** @throws CsvFileError */
export function parseGrantsLine(
  cells: readonly string[],
  columns: readonly Column[],
  sources: readonly SourceId[],
): Grant {
  if (cells.length !== columns.length)
    throw new CsvFileError(`The line has ${cells.length} cells where the header has ${columns.length}.`);
  const cell = (column: Column) => cells[columns.indexOf(column)] ?? '';
  const [partner, value] = [cell('partner'), cell('value')];
  const kind = grantKinds.find((one) => one === cell('kind'));
  if (!canBeSubject(partner)) throw new CsvFileError('The partner can be no subject of one.');
  if (kind === undefined) throw new CsvFileError(`The kind is none of ${grantKinds.join(', ')}.`);
  if (value === '' || !isStorable(value)) throw new CsvFileError('The value can be none.');
  if (kind === 'SOURCE' && !sources.some((source) => source === value))
    throw new CsvFileError(`The value is none of the sources ${sources.join(', ')}.`);
  return { partner, kind, value };
}
