import { readFileSync } from 'node:fs';

import { buildSchema, parse, validate } from 'graphql';
import { expect, test } from 'vitest';

import { defaultQuery } from '#server/default-query';

test('what GraphiQL shows first is a query of this schema', () => {
  const schema = buildSchema(readFileSync(new URL('../schema/schema.graphql', import.meta.url), 'utf8'));
  expect(validate(schema, parse(defaultQuery))).toEqual([]);
});
