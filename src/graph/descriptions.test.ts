import {
  type GraphQLNamedType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isIntrospectionType,
  isObjectType,
  isSpecifiedScalarType,
  validateSchema,
} from 'graphql';
import { expect, it } from 'vitest';

import { createSchema } from './schema.ts';
import { SOURCES, schema } from './testing/fake-context.ts';
import { ALPHA, GAMMA } from './testing/records.ts';

interface Described {
  readonly name: string;
  readonly description?: string | null | undefined;
}

/** A type with all that can be described in it, each by its coordinate. */
function partsOf(type: GraphQLNamedType): readonly (readonly [string, Described])[] {
  const within = (prefix: string, parts: readonly Described[]) =>
    parts.map((part) => [`${prefix}.${part.name}`, part] as const);
  const self = [type.name, type] as const;
  if (isEnumType(type)) return [self, ...within(type.name, type.getValues())];
  if (isInputObjectType(type)) return [self, ...within(type.name, Object.values(type.getFields()))];
  if (!isObjectType(type) && !isInterfaceType(type)) return [self];
  const fields = Object.values(type.getFields());
  const args = fields.flatMap((field) => within(`${type.name}.${field.name}`, field.args));
  return [self, ...within(type.name, fields), ...args];
}

const own = Object.values(schema.getTypeMap()).filter(
  (type) => !isIntrospectionType(type) && !isSpecifiedScalarType(type),
);

it('is a valid schema', () => {
  expect(validateSchema(schema)).toEqual([]);
});

it('describes every type, field, argument, input field and enum value', () => {
  const parts = own.flatMap(partsOf);
  expect(parts.length).toBeGreaterThan(500);
  expect(parts.filter(([, { description }]) => !description?.trim()).map(([name]) => name)).toEqual([]);
});

it('takes the values of Source from what it is given, in that order, one schema beside another', () => {
  const sources = [...SOURCES].reverse();
  const names = (of: typeof schema) => {
    const type = of.getType('Source');
    return isEnumType(type) ? type.getValues().map(({ name, description }) => [name, description]) : [];
  };
  expect(names(createSchema(sources))[0]).toEqual([GAMMA, 'The third.']);
  expect(names(createSchema(SOURCES))[0]).toEqual([ALPHA, 'The first.']);
});
