import type { Answer } from './send.ts';

/** A shorter one may stand in an answer by chance. */
const MIN_LENGTH = 16;
const IN_ITS_STEAD = '[credential]';

/**
 * The answer without the credentials that were sent for it. A source that repeats the request in a record would
 * otherwise have them kept with its payload, and given to whoever may read that.
 */
export function withoutCredential(answer: Answer, sent: Readonly<Record<string, string>>): Answer {
  const text = Object.values(sent)
    .map((value) => value.replace(/^(?:Bearer|Basic) /, ''))
    .filter((value) => value.length >= MIN_LENGTH && answer.text.includes(value))
    .reduce((left, credential) => left.replaceAll(credential, IN_ITS_STEAD), answer.text);
  return { ...answer, text };
}
