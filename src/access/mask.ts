/** What stays of a personal value for callers who may not read it in clear. */
export const masks = ['INITIALS', 'LAST_FOUR', 'DOMAIN'] as const;
export type Mask = (typeof masks)[number];

/** Stands for what is left out; how much that is, is not told. */
const HIDDEN = '***';
const MOST_WORDS = 4;
const KEPT = 4;
/** So that at least as much stays hidden as is shown. */
const LEAST_TO_KEEP_FROM = 2 * KEPT;

const graphemes = new Intl.Segmenter('und', { granularity: 'grapheme' });
const LETTER_FIRST = /^\p{L}/u;
/** In these one sign is a syllable or a whole name, so that an initial would tell it. */
const SYLLABLE_FIRST =
  /^[\p{Script=Han}\p{Script=Hangul}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Bopomofo}\p{Script=Yi}]/u;
const NOT_COUNTED = /[^\p{L}\p{N}]/gu;
const DOMAIN = /^[\p{L}\p{M}\p{N}-]+(\.[\p{L}\p{M}\p{N}-]+)+$/u;

/** Null where nothing safe stays. */
export function masked(value: string, mask: Mask): string | null {
  switch (mask) {
    case 'INITIALS':
      return initialsOf(value);
    case 'LAST_FOUR':
      return lastFourOf(value);
    case 'DOMAIN':
      return domainOf(value);
  }
}

/** `J. D.`: of each word its first letter, of four words at most; `*` for a word that this would tell whole. */
function initialsOf(name: string): string | null {
  const words = name.split(/\s+/u).filter((word) => word !== '');
  return words.length === 0 ? null : words.slice(0, MOST_WORDS).map(initialOf).join(' ');
}

function initialOf(word: string): string {
  const signs = Array.from(graphemes.segment(word), ({ segment }) => segment);
  const [initial, ...others] = signs.filter((sign) => LETTER_FIRST.test(sign));
  return initial === undefined || others.length === 0 || SYLLABLE_FIRST.test(initial) ? '*' : `${initial}.`;
}

/** `***5678`: the last four letters or digits of eight or more; of a shorter number nothing. */
function lastFourOf(number: string): string | null {
  const signs = Array.from(number.replace(NOT_COUNTED, ''));
  if (signs.length === 0) return null;
  return signs.length < LEAST_TO_KEEP_FROM ? HIDDEN : HIDDEN + signs.slice(-KEPT).join('');
}

/** `***@example.org`; null for what has no domain at its end. */
function domainOf(email: string): string | null {
  const domain = email.slice(email.lastIndexOf('@') + 1).trim();
  return email.includes('@') && DOMAIN.test(domain) ? `${HIDDEN}@${domain}` : null;
}
