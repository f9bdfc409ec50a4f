import { foldWord, type StatusMapping, type StatusReading } from './status.ts';

/** Reads a source's status word, and its outcome where outcomes count, by that source's own table. */
export type StatusTable = (sourceStatus: string | null, outcome?: string | null) => StatusReading;

const MISSING: StatusReading = { status: 'UNKNOWN', reason: 'STATUS_MISSING' };
const UNRECOGNISED: StatusReading = { status: 'UNKNOWN', reason: 'STATUS_UNRECOGNISED' };

/** The rows of one word: where its outcome counts, by folded outcome. */
interface WordRows {
  readonly byOutcome: ReadonlyMap<string, StatusReading>;
  /** The row for which the outcome does not matter, else the one for any other outcome. */
  readonly otherwise: StatusReading | null;
}

/** An exact hit of the folded word, never a substring ("unverified" must not be read as "verified"). */
export function statusTable(mappings: readonly StatusMapping[]): StatusTable {
  const byWord = new Map<string, WordRows>();
  for (const [word, rows] of Map.groupBy(mappings, (mapping) => foldWord(mapping.sourceStatus))) {
    byWord.set(word, rowsOf(rows));
  }
  return (sourceStatus, outcome = null) => {
    const word = foldWord(sourceStatus ?? '');
    if (word === '') return MISSING;
    const rows = byWord.get(word);
    return rows?.byOutcome.get(foldWord(outcome ?? '')) ?? rows?.otherwise ?? UNRECOGNISED;
  };
}

function rowsOf(mappings: readonly StatusMapping[]): WordRows {
  const byOutcome = new Map<string, StatusReading>();
  for (const { outcome, status, reason } of mappings) {
    if (outcome === null || outcome === '*') continue;
    byOutcome.set(foldWord(outcome), { status, reason });
  }
  const rest =
    mappings.find((mapping) => mapping.outcome === null) ??
    mappings.find((mapping) => mapping.outcome === '*');
  return { byOutcome, otherwise: rest === undefined ? null : { status: rest.status, reason: rest.reason } };
}
