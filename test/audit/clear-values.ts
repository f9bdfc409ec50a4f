import { getNamedType, isLeafType } from 'graphql';

import { objectType } from '../access-matrix/selection.ts';

type Held = Readonly<Record<string, unknown>>;

/** `Type.field` of somebody: what a row of the audit tells of. */
export type ReadOf = `${string} ${string}`;

export interface Compared {
  /** Given to the one caller and not to the other who reads nobody in clear. */
  readonly inClear: ReadonlySet<ReadOf>;
  /** Given at all, masked or not. */
  readonly given: ReadonlySet<ReadOf>;
}

/**
 * Whose fields one answer gives in clear: told by comparing it with the answer to the same query of a caller who reads
 * nobody in clear, and by nothing that the gateway says of itself.
 */
export function compareAnswers(answer: unknown, masked: unknown): Compared {
  const inClear = new Set<ReadOf>();
  const given = new Set<ReadOf>();
  walk(answer, masked, null);
  return { inClear, given };

  function walk(one: unknown, other: unknown, owner: string | null): void {
    if (Array.isArray(one)) {
      const others: readonly unknown[] = Array.isArray(other) ? other : [];
      one.forEach((item, at) => walk(item, others[at], owner));
      return;
    }
    if (!isHeld(one)) return;
    const beside: Held = isHeld(other) ? other : {};
    const whose = ownerOf(one, owner);
    for (const [name, value] of Object.entries(one)) {
      if (name in WHOSE || name === '__typename' || isNothing(value)) continue;
      const [type = '', field = ''] = name.split('__');
      // The root's own fields, which are not renamed, hold objects alone.
      if (field === '') walk(value, beside[name], whose);
      else
        take({
          type,
          field,
          value,
          other: beside[name],
          owners: field === 'raw' ? everybodyIn(one) : [whose],
        });
    }
  }

  function take(at: {
    type: string;
    field: string;
    value: unknown;
    other: unknown;
    owners: readonly (string | null)[];
  }) {
    const { type, field, value, other, owners } = at;
    const definition = objectType(type).getFields()[field];
    const isLeaf = isLeafType(getNamedType(definition?.type));
    const reads = owners.map((owner): ReadOf => `${owner ?? 'nobody'} ${type}.${field}`);
    for (const read of reads) given.add(read);
    const isPersonal = /\bPII(_HIGH)?: when masked/.test(definition?.description ?? '');
    // Below what the other was not given at all, open values differ too.
    const isTold = isLeaf ? other !== undefined || isPersonal : isNothing(other) && isPersonal;
    const isSame = isLeaf && JSON.stringify(value) === JSON.stringify(other);
    if (isTold && !isSame && field !== 'clearance') for (const read of reads) inClear.add(read);
    if (!isLeaf) walk(value, other, owners[0] ?? null);
  }
}

const WHOSE: Readonly<Record<string, true>> = { self: true, owner: true, named: true };

function ownerOf(object: Held, inherited: string | null): string | null {
  if (typeof object['self'] === 'string') return object['self'];
  return 'owner' in object ? idOf(object['owner']) : inherited;
}

function everybodyIn(record: Held): readonly (string | null)[] {
  const named = Array.isArray(record['named']) ? record['named'].filter(isHeld) : [];
  const ids = [idOf(record['owner']), ...named.map(({ user }) => idOf(user))];
  return [...new Set(ids.filter((id) => id !== null))];
}

function idOf(user: unknown): string | null {
  return isHeld(user) && typeof user['id'] === 'string' ? user['id'] : null;
}

function isHeld(value: unknown): value is Held {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isNothing(value: unknown): boolean {
  return value === null || value === undefined || (Array.isArray(value) && value.length === 0);
}
