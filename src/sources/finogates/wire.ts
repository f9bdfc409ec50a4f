import { z } from 'zod';

import { wireCount, wireId, wireReference, wireRfc3339, wireText } from '#upstream/wire-values';

/** KycRecordRead. */
export const wireKycRecord = z.object(
  {
    id: wireId,
    status: wireText,
    created_at: wireRfc3339,
    updated_at: wireRfc3339,
    approved_at: wireRfc3339,
    rejected_at: wireRfc3339,
    decline_reason: wireText,
    user_id: wireReference,
    subject_email: wireText,
    subject_name: wireText,
    inquiry_id: wireText,
    provider_code: wireText,
    provider_status: wireText,
  },
  { error: 'object' },
);
export type WireKycRecord = z.infer<typeof wireKycRecord>;

/**
 * The envelope of a list. Only `data` is needed: whatever else is missing or odd is null. Rows are read one by one in
 * normalize.ts, so that a bad one does not take the page with it.
 */
export const wireKycRecords = z.object({
  data: z.array(z.unknown(), { error: 'list' }),
  /** Rows that match the filters, not only this page's. */
  row_count: wireCount,
  status_code: wireCount,
  /** Epoch milliseconds. */
  query_generated_time: z.number().nullable().catch(null),
  limit: wireCount,
  /** From 1 on. */
  current_page: wireCount,
  total_page_number: wireCount,
  next_cursor: z.string().nullable().catch(null),
});
export type WireKycRecords = z.infer<typeof wireKycRecords>;
