type Path = readonly PropertyKey[];

/** What is cut out of a value, as a tree of keys. */
interface Cut {
  whole: boolean;
  readonly inside: Map<PropertyKey, Cut>;
}

/** Places cut out of a JSON value. The value itself is never changed; items after a cut one move up in the copy. */
export class Cuts {
  readonly #root: Cut = { whole: false, inside: new Map() };

  /** Cuts the place at `path` of the value as sent; what is cut already, the thing around it. False at the root. */
  add(path: Path): boolean {
    if (path.length === 0) return false;
    let cut = this.#root;
    for (const [depth, key] of path.entries()) {
      const next = cut.inside.get(key) ?? { whole: false, inside: new Map() };
      if (next.whole) return this.add(path.slice(0, depth));
      cut.inside.set(key, next);
      cut = next;
    }
    cut.whole = true;
    return true;
  }

  /** A copy of the value without what is cut; the value itself where nothing is. */
  applyTo(value: unknown): unknown {
    return without(value, this.#root);
  }

  /** The path in the value as sent of a path in the copy. */
  pathAsSent(path: Path): Path {
    let cut: Cut | undefined = this.#root;
    return path.map((key) => {
      const sent: PropertyKey = typeof key === 'number' && cut !== undefined ? indexAsSent(key, cut) : key;
      cut = cut?.inside.get(sent);
      return sent;
    });
  }
}

function indexAsSent(index: number, list: Cut): number {
  const gone = [...list.inside].filter(([, cut]) => cut.whole).map(([key]) => Number(key));
  let sent = index;
  for (const cutIndex of gone.sort((one, other) => one - other)) if (cutIndex <= sent) sent += 1;
  return sent;
}

function without(value: unknown, { inside }: Cut): unknown {
  if (inside.size === 0 || typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) {
    return value.flatMap((item: unknown, index) => {
      const cut = inside.get(index);
      if (cut === undefined) return [item];
      return cut.whole ? [] : [without(item, cut)];
    });
  }
  const kept = Object.entries(value).flatMap(([key, item]): [string, unknown][] => {
    const cut = inside.get(key);
    if (cut === undefined) return [[key, item]];
    return cut.whole ? [] : [[key, without(item, cut)]];
  });
  return Object.fromEntries(kept);
}
