import { isDeepStrictEqual } from 'node:util';

import type { GraphQLObjectType } from 'graphql';

import type { Answer } from '../harness/ask.ts';
import type { Cell } from './matrix.ts';
import { coordinateOf, isVerification, objectType } from './selection.ts';

type Given = Readonly<Record<string, unknown>>;

/** One field of an object in an answer, and what became of it. */
export interface Outcome {
  readonly coordinate: string;
  readonly cell: Cell;
  /** True of an object that is about somebody else than the user whom the question was about. */
  readonly isOthers: boolean;
}

/** Coordinates of personal fields: only these are compared with what there is. */
export type IsPersonal = (coordinate: string) => boolean;

/**
 * What became of every field of an answer, beside the answer of who reads all in clear. Where there is nothing to be had
 * it is passed over.
 * @param subject the user whom the question was about, by id
 */
export function outcomesOf(
  root: 'Query' | 'Mutation',
  given: Answer<Given | null>,
  whole: Answer<Given | null>,
  subject: string,
  isPersonal: IsPersonal,
): readonly Outcome[] {
  const refused = new Set(
    given.errors.map(({ path, extensions }) => `${String(extensions?.['code'])} ${path?.join('.')}`),
  );
  const unexpected = [...refused].filter((one) => !one.startsWith('FORBIDDEN '));
  if (unexpected.length > 0) throw new Error(`An answer has errors: ${unexpected.join(', ')}`);
  const outcomes: Outcome[] = [];
  const walker = new Walker({ outcomes, refused, subject, isPersonal });
  walker.walk(objectType(root), given.data ?? {}, whole.data ?? {}, { owner: subject, path: '' });
  return outcomes;
}

interface Place {
  /** Whom what stands here is about; '' for somebody whom nobody knows. */
  readonly owner: string;
  readonly path: string;
}

interface Walk {
  readonly outcomes: Outcome[];
  readonly refused: ReadonlySet<string>;
  readonly subject: string;
  readonly isPersonal: IsPersonal;
}

class Walker {
  readonly #walk: Walk;

  constructor(walk: Walk) {
    this.#walk = walk;
  }

  walk(type: GraphQLObjectType, given: Given, whole: Given, place: Place): void {
    const owner = ownerOf(type, whole) ?? place.owner;
    for (const name of Object.keys(type.getFields())) {
      if (isNothing(whole[name]) && isNothing(given[name])) continue;
      const coordinate = coordinateOf(type, name);
      const path = place.path === '' ? name : `${place.path}.${name}`;
      const cell = this.#cellOf(coordinate, given[name], whole[name], path);
      this.#walk.outcomes.push({ coordinate, cell, isOthers: owner !== this.#walk.subject });
      this.#below(given[name], whole[name], { owner, path });
    }
  }

  #below(given: unknown, whole: unknown, { owner, path }: Place): void {
    if (Array.isArray(given)) {
      const others: readonly unknown[] = Array.isArray(whole) ? whole : [];
      given.forEach((one, at) => this.#below(one, others[at], { owner, path: `${path}.${at}` }));
      return;
    }
    const [one, other] = [objectOf(given), objectOf(whole)];
    if (one === null || typeof one['__typename'] !== 'string') return;
    // Lists over all users hold others for who sees less: those are looked at by themselves.
    const isSame = other !== null && other['id'] === one['id'];
    this.walk(objectType(one['__typename']), one, isSame ? other : one, { owner, path });
  }

  #cellOf(coordinate: string, given: unknown, whole: unknown, path: string): Cell {
    if (this.#walk.refused.has(`FORBIDDEN ${path}`)) return 'FORBID';
    if (coordinate.endsWith('.clearance')) return given === 'CLEAR' ? 'CLEAR' : 'MASK';
    if (isNothing(given)) return 'NULL';
    if (!this.#walk.isPersonal(coordinate)) return 'VALUE';
    if (isDeepStrictEqual(given, whole)) return 'CLEAR';
    if (typeof given === 'string' && typeof whole === 'string' && isMaskOf(given, whole)) return 'MASK';
    throw new Error(`${coordinate} is neither clear nor masked.`);
  }
}

/** Initials, the last four, or the domain; written apart from what masks. */
function isMaskOf(given: string, whole: string): boolean {
  const kept = given.replace(/^\*{3}/, '');
  const isFew = kept.startsWith('@') || kept.length * 2 <= whole.length;
  if (kept !== given) return whole.endsWith(kept) && isFew;
  return given.split(' ').every((word) => word === '*' || /^\p{L}\p{M}*\.$/u.test(word));
}

/** Types beside the verifications that say by `user` whom they are about. */
const OF_A_USER = ['IdvEntity', 'StatusChange'];

/** Whose data an object is, where it says so itself; '' for somebody whom nobody knows. */
function ownerOf(type: GraphQLObjectType, whole: Given): string | null {
  if (type.name === 'User') return String(whole['id']);
  if (!isVerification(type) && !OF_A_USER.includes(type.name)) return null;
  return 'user' in whole ? String(objectOf(whole['user'])?.['id'] ?? '') : null;
}

function objectOf(value: unknown): Given | null {
  return typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value)) : null;
}

function isNothing(value: unknown): boolean {
  return Array.isArray(value) ? value.length === 0 : value === null || value === undefined;
}
