/**
 * Statements that are sent again and again with other values, and whose plan depends on no statistics: a server that
 * prepares statements need parse them once a connection. Few and of fixed texts, since each is kept for good.
 */
const names = new Map<string, string>();

export function keepPrepared(text: string): void {
  if (!names.has(text)) names.set(text, `kept_${names.size + 1}`);
}

/** The name under which to prepare it; undefined where it is not to be. */
export function preparedName(text: string): string | undefined {
  return names.get(text);
}
