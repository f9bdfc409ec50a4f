import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';

import { printSchema } from 'graphql';

import { createSchema } from '#graph/schema';
import { rooms } from '#sources/index';

/**
 * Prints the public schema to schema/schema.graphql, or with `--check` only says whether that file still holds it:
 * `node src/cli/print-schema.ts [--check]`. Exits 1 on drift.
 */
const SCHEMA_FILE = new URL('../../schema/schema.graphql', import.meta.url);

/** The schema as it is committed, over all sources of the registry. */
export function printedSchema(): string {
  const schema = createSchema(rooms.map(({ descriptor }) => descriptor));
  return `${printSchema(schema)}\n`;
}

function main(): void {
  const { values } = parseArgs({ options: { check: { type: 'boolean', default: false } } });
  const printed = printedSchema();
  if (!values.check) {
    writeFileSync(SCHEMA_FILE, printed);
    return;
  }
  if (readFileSync(SCHEMA_FILE, 'utf8') === printed) return;
  process.stderr.write(
    'schema/schema.graphql is not what the code says. Print it anew: node src/cli/print-schema.ts\n',
  );
  process.exitCode = 1;
}

if (import.meta.main) main();
