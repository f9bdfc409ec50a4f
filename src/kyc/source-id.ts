declare const sourceIdBrand: unique symbol;
/** Has a name so that declarations of what uses a SourceId can be written; nothing else needs it. */
export interface SourceIdBrand {
  readonly [sourceIdBrand]: true;
}

/**
 * Names one upstream source, e.g. `FINX`: the GraphQL enum value, the prefix of its settings, the word in its ids.
 * Opaque: only the source's own room and the registry know which ones exist.
 */
export type SourceId = string & SourceIdBrand;

/** Brands an upper-case word of letters and digits as a source id. @throws TypeError for any other text. */
export function sourceId(word: string): SourceId {
  if (!/^[A-Z][A-Z0-9]*$/.test(word))
    throw new TypeError('A source id is an upper-case word of letters and digits.');
  return word as SourceId;
}
