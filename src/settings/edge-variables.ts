import { z } from 'zod';

import { readPersistedFile } from './persisted-file.ts';

const ORIGIN = /^https?:\/\/(?:[a-z0-9._-]+|\[[0-9a-f:.]+\])(?::\d+)?$/;
function isOrigin(text: string): boolean {
  return ORIGIN.test(text) && URL.canParse(text) && new URL(text).origin === text;
}

/** As a browser sends them in Origin: to the letter, without a path, and never `null`, which any page can be. */
export const corsOrigins = z
  .string()
  .transform((text) => text.split(',').map((origin) => origin.trim()))
  .refine((origins) => origins.every(isOrigin), {
    error: 'must be a list of origins (https://host or https://host:port), separated by commas.',
  });

/** The path of a manifest, read at once. */
export const persistedOperations = z.string().transform((path, context) => {
  const { operations, fault } = readPersistedFile(path);
  if (fault === null) return operations;
  context.issues.push({ code: 'custom', message: fault, input: null });
  return z.NEVER;
});
