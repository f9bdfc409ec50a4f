import { readFileSync } from 'node:fs';

import {
  buildSchema,
  type GraphQLNamedType,
  type GraphQLObjectType,
  getNamedType,
  isInterfaceType,
  isObjectType,
} from 'graphql';

export const SCHEMA = buildSchema(
  readFileSync(new URL('../../schema/schema.graphql', import.meta.url), 'utf8'),
);

export function objectType(name: string): GraphQLObjectType {
  const type = SCHEMA.getType(name);
  if (!isObjectType(type)) throw new TypeError('No object type of that name.');
  return type;
}

export function isVerification(type: GraphQLNamedType): boolean {
  return isObjectType(type) && type.getInterfaces().some(({ name }) => name === 'Verification');
}

/** Where a field stands in the matrix: what all verifications have in common stands there once. */
export function coordinateOf(type: GraphQLObjectType, field: string): string {
  const common = SCHEMA.getType('Verification');
  const isCommon = isVerification(type) && isInterfaceType(common) && field in common.getFields();
  return `${isCommon ? 'Verification' : type.name}.${field}`;
}

/** Every field of the schema that can be asked for. */
export function allCoordinates(): ReadonlySet<string> {
  const types = Object.values(SCHEMA.getTypeMap()).filter(isObjectType);
  const own = types.filter(({ name }) => !name.startsWith('__'));
  return new Set(
    own.flatMap((type) => Object.keys(type.getFields()).map((name) => coordinateOf(type, name))),
  );
}

/**
 * Every field of a type and of what hangs from it. The nodes of a user's own connections are asked for whole where
 * `isWhole`, other users and verifications by id alone.
 */
export function selectionOf(type: GraphQLObjectType, isWhole: boolean): string {
  const fields = Object.values(type.getFields()).map((field) => {
    const named = getNamedType(field.type);
    const first = field.args.some(({ name }) => name === 'first') ? '(first: 5)' : '';
    return `${field.name}${first} ${below(named, isWhole && field.name === 'nodes', isWhole)}`;
  });
  return `{ __typename ${fields.join(' ')} }`;
}

function below(type: GraphQLNamedType, isNode: boolean, isWhole: boolean): string {
  if (isInterfaceType(type) || type.name === 'User') return '{ __typename id }';
  if (!isObjectType(type)) return '';
  return isVerification(type) && !isNode ? '{ __typename id }' : selectionOf(type, isWhole);
}
