const MAX_WORD_LENGTH = 1000;

/**
 * True for a text that a source's id or word can be. What is none (empty, endless, with NUL or half a character) can
 * neither be stored nor asked for: it is nobody's, and no call is made for it.
 */
export function canBeAWord(text: string): boolean {
  return text !== '' && text.length <= MAX_WORD_LENGTH && !text.includes('\0') && text.isWellFormed();
}
