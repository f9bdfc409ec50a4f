import { z } from 'zod';

import {
  wireBoolean,
  wireDay,
  wireEpochMilliseconds,
  wireList,
  wireReference,
  wireRfc3339,
  wireText,
} from '#upstream/wire-values';

/**
 * A time in either documented form. They cannot be mistaken for each other: a number is epoch milliseconds (the
 * default), text is ISO 8601 in UTC (asked for by X-Timestamp-Format, or sent by a server that ignores its absence).
 */
const wireTime = z.union([wireEpochMilliseconds, wireRfc3339], {
  error: 'time in epoch milliseconds or ISO 8601',
});

/** KYCPersonalInfo: "Only name is stored locally", the rest may come with refresh=true alone. */
const wirePersonalInfo = z
  .object(
    {
      first_name: wireText,
      last_name: wireText,
      date_of_birth: wireDay,
      nationality: wireText,
      country_of_residence: wireText,
    },
    { error: 'object' },
  )
  .nullish();

/** KYCDocumentInfo */
const wireDocument = z.object(
  {
    document_type: wireText,
    country: wireText,
    submitted_at: wireTime,
    image_ids: wireList(wireReference),
  },
  { error: 'object' },
);

/** KYCRejectionInfo */
const wireRejection = z.object({ can_retry: wireBoolean, message: wireText }, { error: 'object' }).nullish();

/** HAL links. Only who the user is is read, as text: links are never parsed and never followed. */
const wireLinks = z
  .object({ user: z.object({ href: wireText }, { error: 'object' }).nullish() }, { error: 'object' })
  .nullish();

/** GET /v0/kyc/details */
export const wireDetails = z.object(
  {
    _links: wireLinks,
    status: wireText,
    verified_at: wireTime,
    rejected_at: wireTime,
    started_at: wireTime,
    personal_info: wirePersonalInfo,
    documents: wireList(wireDocument),
    /** Documented with default false; absent stays null here (README.md). */
    verification_complete: wireBoolean,
    verification_passed: wireBoolean,
    rejection: wireRejection,
  },
  { error: 'object' },
);
export type WireDetails = z.infer<typeof wireDetails>;

/** The body before its fields are read one by one, so that one bad field costs no other. */
export const wireDetailsBody = z.record(z.string(), z.unknown());
