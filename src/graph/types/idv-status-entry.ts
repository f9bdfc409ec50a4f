import type { Clearance } from '#access/clearance';
import type { IdvOutcomeDetail, IdvStatusEntry } from '#kyc/idv-application';

import { builder } from '../builder.ts';
import { KycStatusEnum } from './status.ts';

export const IdvStatusEntryObject = builder.objectRef<IdvStatusEntry>('IdvStatusEntry').implement({
  description: 'One row of a history as the source tells it.',
  fields: (t) => ({
    id: t.exposeID('id', { nullable: true, description: "The source's id of the row." }),
    entityId: t.exposeID('entityId', { nullable: true, description: 'The entity that it is about.' }),
    status: t.expose('status', { type: KycStatusEnum, description: 'The status that its word is read as.' }),
    sourceStatus: t.exposeString('sourceStatus', {
      nullable: true,
      description: 'The status exactly as the source spelled it.',
    }),
    message: t.exposeString('message', {
      nullable: true,
      description: "What the source wrote beside it. Masked with the person's data.",
    }),
    outcome: t.exposeString('outcome', {
      nullable: true,
      description: 'The outcome exactly as the source spelled it.',
    }),
    createdAt: t.expose('createdAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When the row was created.',
    }),
    updatedAt: t.expose('updatedAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When it was last updated.',
    }),
  }),
});

/** Rows as a caller may see them: the free text in them can hold anything about the person. */
export function clearEntries(
  entries: readonly IdvStatusEntry[],
  clearance: Clearance,
): readonly IdvStatusEntry[] {
  return clearance === 'CLEAR' ? entries : entries.map((entry) => ({ ...entry, message: null }));
}

const IdvOutcomeReasonObject = builder
  .objectRef<IdvOutcomeDetail['reasons'][number]>('IdvOutcomeReason')
  .implement({
    description: 'One reason of an outcome.',
    fields: (t) => ({
      name: t.exposeString('name', { nullable: true, description: 'The reason, as the source names it.' }),
      type: t.exposeString('type', { nullable: true, description: 'What kind of reason it is.' }),
    }),
  });

export const IdvOutcomeDetailObject = builder.objectRef<IdvOutcomeDetail>('IdvOutcomeDetail').implement({
  description: 'What stands behind an outcome.',
  fields: (t) => ({
    reasons: t.expose('reasons', { type: [IdvOutcomeReasonObject], description: 'The reasons.' }),
    tags: t.exposeStringList('tags', { description: "The source's tags." }),
  }),
});
