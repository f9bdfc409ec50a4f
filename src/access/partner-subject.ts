const SUBJECT = /^[^\p{C}]{1,200}$/u;

/** True for a text that can be the subject of a partner's credentials, and be read. */
export function canBePartner(text: string): boolean {
  return SUBJECT.test(text);
}
