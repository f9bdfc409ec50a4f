import type { z } from 'zod';

import type { FieldFault } from '#kyc/verification-core';

import { Cuts } from './cuts.ts';

/** A row whose good fields stand; what could not be read is null in it and named in `faults`. */
export interface ParsedRow<Row> {
  readonly row: Row;
  readonly faults: readonly FieldFault[];
}

/**
 * Parses one row of a source's answer field by field: a field that does not fit is taken out, named by its place in the
 * payload as it was sent, and the rest is parsed again; where something cannot be without that field (an item of a list
 * without its id), that is taken out whole. Null when the row cannot be identified: it is no object, or a field without
 * which it means nothing (its id) is missing or unreadable.
 */
export function parseRow<Row>(schema: z.ZodType<Row>, value: unknown): ParsedRow<Row> | null {
  const cuts = new Cuts();
  const faults = new Map<string, FieldFault>();
  for (;;) {
    const read = schema.safeParse(cuts.applyTo(value));
    if (read.success) return { row: read.data, faults: [...faults.values()] };
    const issues = read.error.issues.map(({ path, message }) => ({ at: cuts.pathAsSent(path), message }));
    const paths = new Set<string>();
    for (const { at, message } of issues) {
      const path = at.join('.');
      if (paths.has(path)) continue;
      paths.add(path);
      if (!cuts.add(at)) return null;
      if (!faults.has(path)) faults.set(path, { path, expected: message });
    }
  }
}
