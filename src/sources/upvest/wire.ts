import { z } from 'zod';

import { wireBoolean, wireDay, wireId, wireReference, wireRfc3339, wireText } from '#upstream/wire-values';

/** Address: where a check confirmed one. */
const wireAddress = z
  .object(
    {
      address_line1: wireText,
      address_line2: wireText,
      postcode: wireText,
      city: wireText,
      state: wireText,
      country: wireText,
    },
    { error: 'object' },
  )
  .nullish();

/** One user check, all four types in one: which fields are there depends on `type`. */
export const wireCheck = z.object(
  {
    id: wireId,
    user_id: wireReference,
    type: wireText,
    status: wireText,
    check_confirmed_at: wireRfc3339,
    data_download_link: wireText,
    document_type: wireText,
    document_expiration_date: wireDay,
    /** "Issuing country of the document used in the KYC process", ISO 3166 alpha-2. */
    nationality: wireText,
    /** POR only, in the document's sample. */
    issuance_date: wireDay,
    provider: wireText,
    method: wireText,
    confirmed_address: wireAddress,
    kyc_update: wireBoolean,
    /** INSTRUMENT_FIT only. */
    instrument_suitability: z.object({ suitability: wireBoolean }, { error: 'object' }).nullish(),
  },
  { error: 'object' },
);
export type WireCheck = z.infer<typeof wireCheck>;

/** GET /users/{user_id}/checks. Each row is parsed by itself, so that one bad row costs no other. */
export const wireCheckList = z.object({ data: z.array(z.unknown()) });

/** GET /users/{user_id}/checks/{check_id}. */
export const wireCheckBody = z.record(z.string(), z.unknown());
