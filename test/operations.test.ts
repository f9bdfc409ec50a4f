import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { buildSchema, parse, validate } from 'graphql';
import { describe, expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '..');
const read = (path: string) => readFileSync(join(ROOT, path), 'utf8');
const schema = buildSchema(read('schema/schema.graphql'));

describe('operations', () => {
  it.each(globSync('docs/examples/*.graphql', { cwd: ROOT }))('of the docs fit the schema: %s', (path) => {
    expect(validate(schema, parse(read(path)))).toEqual([]);
  });

  it('of the tests fit the schema together, for they share fragments', () => {
    const texts = globSync('test/operations/*.graphql', { cwd: ROOT }).map(read);
    expect(texts).not.toEqual([]);
    expect(validate(schema, parse(texts.join('\n')))).toEqual([]);
  });

  it('are listed in the README of the examples, each once', () => {
    const listed = [...read('docs/examples/README.md').matchAll(/^\| ([\w-]+\.graphql) \|/gm)].map(
      ([, name]) => name,
    );
    const files = globSync('*.graphql', { cwd: join(ROOT, 'docs/examples') });
    expect(listed.toSorted()).toEqual(files.toSorted());
  });
});
