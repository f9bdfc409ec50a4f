import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';

import { z } from 'zod';

/** As `generate-persisted-query-manifest` of Apollo writes it. */
const manifest = z.object({
  format: z.literal('apollo-persisted-query-manifest'),
  version: z.literal(1),
  operations: z.array(z.object({ id: z.string(), body: z.string() })),
});
/** As the compiler of Relay writes it. */
const plainMap = z.record(z.string(), z.string());

const ID = /^[\w.:-]{1,128}$/;
const SHA_256 = /^[0-9a-f]{64}$/;

export type PersistedRead =
  | { readonly operations: ReadonlyMap<string, string>; readonly fault: null }
  | { readonly operations: null; readonly fault: string };

/** Operations by their ids, from a manifest of Apollo's form or a plain map. Whether they fit the schema is for others. */
export function readPersistedFile(path: string): PersistedRead {
  const content = readIfPossible(path);
  if (content === null) return faulty('cannot be read, or is no JSON.');
  const entries = entriesOf(content);
  if (entries === null)
    return faulty(
      'holds no operations: neither {"format": "apollo-persisted-query-manifest", "version": 1, "operations": [{"id", "body"}]} nor a map of ids to texts.',
    );
  const at = entries.findIndex(([id]) => !ID.test(id));
  if (at >= 0) return faulty(`gives operation number ${at + 1} no id of up to 128 plain characters.`);
  const forged = entries.find(([id, text]) => SHA_256.test(id) && id !== hashOf(text));
  if (forged !== undefined) return faulty(`names ${forged[0]}, which is not the SHA-256 of its text.`);
  const operations = new Map(entries);
  if (operations.size < entries.length) return faulty('gives two operations one id.');
  return { operations, fault: null };
}

function entriesOf(content: unknown): readonly (readonly [string, string])[] | null {
  const listed = manifest.safeParse(content);
  if (listed.success) return listed.data.operations.map(({ id, body }) => [id, body] as const);
  const mapped = plainMap.safeParse(content);
  return mapped.success && Object.keys(mapped.data).length > 0 ? Object.entries(mapped.data) : null;
}

function hashOf(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest('hex');
}

function readIfPossible(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as unknown;
  } catch {
    return null;
  }
}

function faulty(fault: string): PersistedRead {
  return { operations: null, fault };
}
