/** What makes two lists the same, so that a cursor of one is a cursor of the other. */
export interface ListIdentity {
  /** The field, e.g. `User.checks`. */
  readonly connection: string;
  /** The id of the object that the field stands on; null at the root. */
  readonly parent: string | null;
  readonly filter: object;
  readonly order: object | null;
}

/** One text per list: keys in one order, and sets of words too, for in a filter their order says nothing. */
export function listName({ connection, parent, filter, order }: ListIdentity): string {
  return JSON.stringify([connection, parent, inOneOrder(filter), inOneOrder(order)]);
}

function inOneOrder(value: unknown): unknown {
  if (Array.isArray(value)) {
    const items = value.map((item) => JSON.stringify(inOneOrder(item)));
    return [...new Set(items)].toSorted();
  }
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([key, inner]) => [key, inOneOrder(inner)] as const);
  return entries.toSorted(([one], [other]) => (one < other ? -1 : 1));
}
