import { foldWord, isUndecided, type StatusMapping } from '#kyc/status';
import { SourceError } from '#upstream/source-error';

import type { ReadOptions, ScanPage, ScanPosition, Source } from './source.ts';

/** Reads one page of the list that a filter by one of the source's own words gives. @throws SourceError */
export type FetchWithWord = (
  word: string,
  position: ScanPosition | null,
  options: ReadOptions,
) => Promise<ScanPage>;

/** What a source answers to a filter value that it does not know. */
const REFUSALS: ReadonlySet<number | null> = new Set([400, 404, 422]);
/** Beside the position within one word's list. */
const WORD_INDEX = 'wordIndex';

/** The words of a table that always mean that no decision was taken. Words that the table lacks are not there. */
export function openWords(statusMap: readonly StatusMapping[]): readonly string[] {
  const byWord = Map.groupBy(statusMap, ({ sourceStatus }) => sourceStatus);
  return [...byWord]
    .filter(([, rows]) => rows.every(({ status }) => isUndecided(status)))
    .map(([word]) => word);
}

/**
 * A source's `fetchOpenPage`: the lists of all open words, one after the other. A word that the source refuses has no
 * list; a source that gives other words than asked for does not filter, and the walk ends there.
 */
export function createOpenPages(
  words: readonly string[],
  fetchWithWord: FetchWithWord,
): NonNullable<Source['fetchOpenPage']> {
  return async (position, options) => {
    const index = wordIndexOf(position);
    const word = words[index];
    if (word === undefined) return NOTHING;
    const page = await orNothing(fetchWithWord(word, position, options));
    if (!isFiltered(page, word)) return { ...page, next: null };
    if (page.next !== null) return { ...page, next: { ...page.next, [WORD_INDEX]: index } };
    return { ...page, next: index + 1 < words.length ? { [WORD_INDEX]: index + 1 } : null };
  };
}

const NOTHING: ScanPage = { records: [], unidentified: 0, incomplete: null, next: null, totalAtSource: null };

function wordIndexOf(position: ScanPosition | null): number {
  const index = position?.[WORD_INDEX];
  return typeof index === 'number' ? index : 0;
}

function isFiltered({ records }: ScanPage, word: string): boolean {
  return records.every(({ verification }) => foldWord(verification.sourceStatus ?? '') === foldWord(word));
}

async function orNothing(page: Promise<ScanPage>): Promise<ScanPage> {
  try {
    return await page;
  } catch (error) {
    if (error instanceof SourceError && REFUSALS.has(error.httpStatus)) return NOTHING;
    throw error;
  }
}
