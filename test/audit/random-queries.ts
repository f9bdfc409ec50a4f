import {
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLObjectType,
  getNamedType,
  isInterfaceType,
  isLeafType,
  isObjectType,
} from 'graphql';

import { pick } from '#sources/sandbox-seed';

import { isVerification, objectType, SCHEMA } from '../access-matrix/selection.ts';

export type Random = () => number;

/** Whom and what can be asked for. */
export interface Askable {
  readonly users: readonly string[];
  readonly verifications: readonly string[];
}

/** Objects within one another, pages aside. */
const MAX_DEPTH = 6;
/** Told of the gateway and not of anybody, and not the same in two answers. */
const UNSTABLE: readonly string[] = ['sources', 'pageInfo', 'cursor'];

/** What a response calls a field: by its type, so that one name is one field wherever it stands. */
export function nameOf(type: GraphQLNamedType, field: string): string {
  return `${type.name}__${field}`;
}

/**
 * A query for personal data by one of the ways to it, with some of the fields of all that hangs from it. Every object
 * that is somebody's says whose: `self` of a user, `owner` of a record or of an entity, `named` of all in a payload.
 */
export function randomQuery(random: Random, { users, verifications }: Askable, ownId: string | null): string {
  const user = JSON.stringify(ownId ?? pick(users, random));
  const record = JSON.stringify(pick(verifications, random));
  const some = (name: string) => `${name}(first: ${1 + Math.floor(random() * 4)}) ${ofNodes(random, name)}`;
  const ofOne = [
    () => `user(id: ${user}, freshness: STORED) ${objectSelection(random, objectType('User'), 0)}`,
    () => `node(id: ${user}) { ... on User ${objectSelection(random, objectType('User'), 0)} }`,
  ];
  const ofAny = [
    () =>
      `verification(id: ${record}, freshness: STORED) ${selectionOf(random, SCHEMA.getType('Verification'), 0)}`,
    () =>
      `nodes(ids: [${record}, ${user}]) { ${fragments(random, 0)} ... on User ${objectSelection(random, objectType('User'), 0)} }`,
    () => some('users'),
    () => some('verifications'),
    () => some('kycRecords'),
    () => some('checks'),
    () => some('idvApplications'),
  ];
  return `{ ${pick(ownId === null ? [...ofOne, ...ofAny] : ofOne, random)()} }`;
}

function ofNodes(random: Random, name: string): string {
  const connection = getNamedType(SCHEMA.getQueryType()?.getFields()[name]?.type);
  if (!isObjectType(connection)) throw new TypeError('It is no list.');
  const nodes = getNamedType(connection.getFields()['nodes']?.type);
  return `{ nodes ${selectionOf(random, nodes, 0)} }`;
}

function selectionOf(random: Random, type: GraphQLNamedType | undefined, depth: number): string {
  if (isInterfaceType(type)) return `{ ${fragments(random, depth)} }`;
  return isObjectType(type) ? objectSelection(random, type, depth) : '';
}

/** Of verifications, each kind with fields of its own. */
function fragments(random: Random, depth: number): string {
  const kinds = Object.values(SCHEMA.getTypeMap()).filter(isObjectType).filter(isVerification);
  return [
    '__typename',
    ...kinds.map((type) => `... on ${type.name} ${objectSelection(random, type, depth)}`),
  ].join(' ');
}

function objectSelection(random: Random, type: GraphQLObjectType, depth: number): string {
  const fields = Object.values(type.getFields()).filter(({ name }) => !UNSTABLE.includes(name));
  const chosen = fields.filter((field) => random() < chanceOf(field, depth));
  const asked = chosen.map((field) => {
    const first = field.args.some(({ name }) => name === 'first') ? '(first: 2)' : '';
    return `${nameOf(type, field.name)}: ${field.name}${first} ${selectionOf(random, getNamedType(field.type), depth + 1)}`;
  });
  return `{ __typename ${whoseOf(type)} ${asked.join(' ')} }`;
}

/** Deeper objects seldom, so that queries end; at the end values alone. */
function chanceOf(field: GraphQLField<unknown, unknown>, depth: number): number {
  if (isLeafType(getNamedType(field.type))) return 0.5;
  return depth >= MAX_DEPTH ? 0 : 0.6 / (1 + depth / 3);
}

function whoseOf({ name }: GraphQLObjectType): string {
  if (name === 'User') return 'self: id';
  if (name === 'IdvApplication') return 'owner: user { id } named: entities { user { id } }';
  return isVerification(objectType(name)) || name === 'IdvEntity' ? 'owner: user { id }' : '';
}
