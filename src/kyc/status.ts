/** The one status vocabulary (design/statuses.md). UNKNOWN and ERROR are never read as a yes. */
export const kycStatuses = [
  'NOT_STARTED',
  'PENDING',
  'ACTION_REQUIRED',
  'IN_REVIEW',
  'APPROVED',
  'REJECTED',
  'EXPIRED',
  'CANCELLED',
  'ERROR',
  'UNKNOWN',
] as const;
export type KycStatus = (typeof kycStatuses)[number];

/** Why a status is what it is. */
export const kycStatusReasons = [
  'CREATED',
  'AWAITING_USER',
  'SUBMITTED',
  'PROCESSING',
  'MANUAL_REVIEW',
  'DOCUMENTS_REQUIRED',
  'INFORMATION_REQUIRED',
  'RESUBMISSION_REQUESTED',
  'PASSED',
  'DECLINED',
  'CHECK_FAILED',
  'SESSION_EXPIRED',
  'VERIFICATION_LAPSED',
  'DELETED_UPSTREAM',
  'SOURCE_ERROR',
  'OUTCOME_MISSING',
  'OUTCOME_UNRECOGNISED',
  'STATUS_MISSING',
  'STATUS_UNRECOGNISED',
  'INCONSISTENT_UPSTREAM',
] as const;
export type KycStatusReason = (typeof kycStatusReasons)[number];

/** A unified status with its reason. */
export interface StatusReading {
  readonly status: KycStatus;
  readonly reason: KycStatusReason;
}

/** One row of a source's status table: how one of its words (with one outcome, where outcomes count) is read. */
export interface StatusMapping extends StatusReading {
  readonly sourceStatus: string;
  /** Null where the outcome does not matter; `''` for "outcome blank or absent"; `'*'` for any other outcome. */
  readonly outcome: string | null;
}

const FINAL: ReadonlySet<KycStatus> = new Set(['APPROVED', 'REJECTED', 'EXPIRED', 'CANCELLED']);

/** APPROVED, REJECTED, EXPIRED and CANCELLED are final until the source says otherwise. */
export function isFinal(status: KycStatus): boolean {
  return FINAL.has(status);
}

/**
 * True while a decision is still to come, or none came. UNKNOWN is not: the word that could not be read may be one.
 */
export function isUndecided(status: KycStatus): boolean {
  return !isFinal(status) && status !== 'UNKNOWN';
}

/** Sources have few words, each in thousands of records. What is longer is no word, and more than these are none. */
const FOLDED = new Map<string, string>();
const MOST_FOLDED = 1000;
const LONGEST_FOLDED = 64;

/** Folds a source's word for matching: NFKC, trimmed, case folded; space, hyphen, underscore and dot are one. */
export function foldWord(word: string): string {
  const known = FOLDED.get(word);
  if (known !== undefined) return known;
  const folded = fold(word);
  if (word.length > LONGEST_FOLDED) return folded;
  if (FOLDED.size >= MOST_FOLDED) FOLDED.clear();
  FOLDED.set(word, folded);
  return folded;
}

function fold(word: string): string {
  const folded = Array.from(word.normalize('NFKC'), foldCase).join('');
  return folded
    .normalize('NFKC')
    .trim()
    .replace(/[\s\p{Pd}_.]+/gu, '_');
}

/**
 * One character by Unicode's default case folding: up, then down, character by character, so that a final sigma and
 * a sharp s fold too. The dotless i has no other case there: "verıfıed" is another word than "verified".
 */
function foldCase(character: string): string {
  return character === 'ı' ? character : character.toUpperCase().toLowerCase();
}
