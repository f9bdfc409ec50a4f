const SUBJECT = /^[^\p{C}]{1,200}$/u;

/** True for a text that can be the name of a caller: it can be read, so that no two look the same for what is not seen. */
export function canBeSubject(text: string): boolean {
  return SUBJECT.test(text);
}
