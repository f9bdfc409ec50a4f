import { z } from 'zod';

import {
  wireCount,
  wireId,
  wireList,
  wireObject,
  wireReference,
  wireRfc3339,
  wireText,
} from '#upstream/wire-values';

const wireActor = z
  .object({ id: wireReference, type: wireText }, { error: 'object' })
  .nullish()
  .transform((actor) => actor ?? null);
export type WireActor = z.infer<typeof wireActor>;

const wireStatusEntry = z.object(
  {
    id: wireReference,
    /** On the rows of an entity's history. */
    entityId: wireReference,
    status: wireText,
    message: wireText,
    outcome: wireText,
    createdAt: wireRfc3339,
    updatedAt: wireRfc3339,
  },
  { error: 'object' },
);
export type WireStatusEntry = z.infer<typeof wireStatusEntry>;

const wireOutcomeDetail = z.object(
  {
    outcomeReasons: wireList(z.object({ name: wireText, type: wireText }, { error: 'object' })),
    tags: wireList(wireText),
  },
  { error: 'object' },
);
export type WireOutcomeDetail = z.infer<typeof wireOutcomeDetail>;

const wireEntity = z.object(
  {
    accountId: wireReference,
    firstName: wireText,
    lastName: wireText,
    legalName: wireText,
    entityType: wireText,
    status: wireText,
    outcome: wireText,
    outcomeDetails: wireList(wireOutcomeDetail),
    statusHistory: wireList(wireStatusEntry),
    processingSummary: wireObject,
    docUploadUrl: wireText,
    createdAt: wireRfc3339,
    createdBy: wireActor,
    updatedBy: wireActor,
    updatedAt: wireRfc3339,
  },
  { error: 'object' },
);
export type WireEntity = z.infer<typeof wireEntity>;

/** An Identity Verification Application. */
export const wireApplication = z.object(
  {
    id: wireId,
    businessAccountId: wireReference,
    accountId: wireReference,
    identityVerificationProfileId: wireText,
    firstName: wireText,
    lastName: wireText,
    legalName: wireText,
    accountType: wireText,
    latestStatus: wireText,
    outcome: wireText,
    statusHistory: wireList(wireStatusEntry),
    metadata: wireObject,
    completedAt: wireRfc3339,
    createdAt: wireRfc3339,
    createdBy: wireActor,
    updatedBy: wireActor,
    updatedAt: wireRfc3339,
    entities: wireList(wireEntity),
  },
  { error: 'object' },
);
export type WireApplication = z.infer<typeof wireApplication>;

/** One page. Where it has no counts, only an empty page tells the end. Its rows are read one by one in normalize.ts, so that a bad one does not take the page with it. */
export const wireApplicationPage = z.object({
  totalElements: wireCount,
  totalPages: wireCount,
  hasNext: z.boolean().nullable().catch(null),
  content: z.array(z.unknown(), { error: 'list' }),
});
export type WireApplicationPage = z.infer<typeof wireApplicationPage>;
