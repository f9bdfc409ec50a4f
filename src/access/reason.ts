/** Longest reason, in characters. */
export const MAX_REASON_LENGTH = 200;

/** Letters, digits and what stands in names of cases: no line can be broken, no address written, nothing marked up. */
const REASON = new RegExp(`^[\\p{L}\\p{M}\\p{N} .,:;/#_()'"?!&+-]{1,${MAX_REASON_LENGTH}}$`, 'u');

/** What a reason may be, in words for callers. */
export const REASON_RULE = `A reason is 1 to ${MAX_REASON_LENGTH} letters, digits, spaces and plain punctuation. Name the case, not the person.`;

/**
 * Why somebody does something, for the audit, from which nothing is ever taken out again. Null where nothing is said.
 * UNFIT for what is no reason (REASON_RULE).
 */
export function parseReason(text: string | null | undefined): { reason: string | null } | 'UNFIT' {
  const reason = (text ?? '').trim().normalize('NFC');
  if (reason === '') return { reason: null };
  return REASON.test(reason) ? { reason } : 'UNFIT';
}
