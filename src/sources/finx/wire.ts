import { z } from 'zod';

import { wireEpochSeconds, wireId, wireReference, wireText } from '#upstream/wire-values';

/** A KYC record: the same model in the list and by id. */
export const wireKycRecord = z.object(
  {
    id: wireId,
    customer_id: wireReference,
    verification_status: wireText,
    document_type: wireText,
    document_number: wireText,
    /** The document says "timestamp" only; its sample, 705103200, is epoch seconds (1992). */
    created_at: wireEpochSeconds,
    updated_at: wireEpochSeconds,
  },
  { error: 'object' },
);
export type WireKycRecord = z.infer<typeof wireKycRecord>;

/** The list. Rows are read one by one in normalize.ts, so that a bad one does not take the page with it. */
export const wireKycList = z.object({
  /** Null when it is missing or no boolean: then only a further page tells. */
  has_more: z.boolean().nullable().catch(null),
  data: z.array(z.unknown(), { error: 'list' }),
});
export type WireKycList = z.infer<typeof wireKycList>;

/** The body of one record as sent; it is read in normalize.ts. */
export const wireKycBody = z.custom<object>(
  (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
  { error: 'object' },
);
