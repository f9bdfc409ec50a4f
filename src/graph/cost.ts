import '@pothos/core';

import type { Freshness } from '#kyc/freshness';

/**
 * What a field may make the gateway do beyond giving one object or value: declared beside the field, and added up before
 * an operation runs. A connection needs no declaration for its rows: it gives as many as its page holds.
 */
export interface FieldCost {
  /** Of a list of objects that is no connection: how many it gives, or the argument that lists what they are given for. Absent: 1. */
  readonly rows?: number | { readonly of: string };
  /** Which sources it may ask when its freshness is not STORED: one, or every one that knows the user. Absent: none. */
  readonly asks?: 'ONE_SOURCE' | 'EVERY_SOURCE';
  /** How new it and what hangs from it are, unless an argument says; absent: as above it, STORED at the root. */
  readonly freshness?: Freshness;
}

declare global {
  export namespace PothosSchemaTypes {
    export interface FieldOptions {
      readonly cost?: FieldCost;
    }
  }
}

const NOTHING: FieldCost = {};

/** What a field of a built schema declares (its extensions). */
export function costOf(extensions: Readonly<Record<string, unknown>>): FieldCost {
  const options = extensions['pothosOptions'] as { readonly cost?: FieldCost } | undefined;
  return options?.cost ?? NOTHING;
}
