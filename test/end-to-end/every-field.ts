import { readFileSync } from 'node:fs';

import {
  buildSchema,
  type GraphQLNamedType,
  type GraphQLObjectType,
  getNamedType,
  isInterfaceType,
  isObjectType,
} from 'graphql';

const SCHEMA = buildSchema(readFileSync(new URL('../../schema/schema.graphql', import.meta.url), 'utf8'));

/** Fields that other tests prove: what the gateway saw of the past, the payload as sent. */
const ELSEWHERE: ReadonlySet<string> = new Set(['history', 'raw']);

/** A selection of every field of an object type, down to the leaves: a field added to the schema is asked for too. */
export function everyField(typeName: string): string {
  const type = SCHEMA.getType(typeName);
  if (!isObjectType(type)) throw new TypeError('No object type of that name.');
  return `{ __typename ${selectionOf(type)} }`;
}

function selectionOf(type: GraphQLObjectType): string {
  const fields = Object.values(type.getFields()).filter(({ name }) => !ELSEWHERE.has(name));
  return fields.map((field) => `${field.name} ${below(getNamedType(field.type))}`).join(' ');
}

function below(type: GraphQLNamedType): string {
  if (type.name === 'User') return '{ id }';
  if (isInterfaceType(type)) throw new TypeError('Only the top is an interface.');
  return isObjectType(type) ? `{ ${selectionOf(type)} }` : '';
}

/** Every field of whatever kind a verification is. */
export const EVERY_FIELD = `{ ${SCHEMA.getPossibleTypes(verificationInterface())
  .map(({ name }) => `... on ${name} ${everyField(name)}`)
  .join(' ')} }`;

function verificationInterface() {
  const type = SCHEMA.getType('Verification');
  if (!isInterfaceType(type)) throw new TypeError('Verification is no interface.');
  return type;
}
