import type { Verification } from '#kyc/verification';
import type { Sealers } from '#store/sealing';
import { personalHashesOf } from '#store/searches/personal-hashes';
import type { PersonalHashTable } from '#store/tables';

/** What of a record is sealed, and what its people are searched by. */
export interface SealedParts {
  readonly personal: Uint8Array;
  /** The payload; null where nothing of it may be kept. */
  readonly raw: Uint8Array | null;
  readonly hashes: readonly PersonalHashTable[];
}

/** @param raw JSON */
export function sealParts(
  id: string,
  verification: Verification,
  raw: string | null,
  sealers: Sealers,
): SealedParts {
  return {
    personal: sealers.personal.seal(JSON.stringify(verification.personal), id),
    raw: raw === null ? null : sealers.raw.seal(raw, id),
    hashes: personalHashesOf(id, verification, sealers),
  };
}
