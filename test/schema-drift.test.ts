import { readFileSync } from 'node:fs';

import { expect, it } from 'vitest';

import { printedSchema } from '#cli/print-schema';

it('keeps the committed schema what the code says', () => {
  const committed = readFileSync(new URL('../schema/schema.graphql', import.meta.url), 'utf8');
  expect(committed, 'node src/cli/print-schema.ts prints it anew').toBe(printedSchema());
});
