import type { IdvOutcomeDetail, IdvStatusEntry } from '#kyc/idv-application';

import { builder } from '../builder.ts';
import { type Owned, owned, ownerOfOwned } from '../personal.ts';
import { KycStatusEnum } from './status.ts';

export const IdvStatusEntryObject = builder.objectRef<Owned<IdvStatusEntry>>('IdvStatusEntry').implement({
  description: 'One row of a history as the source tells it.',
  dataOwner: ownerOfOwned,
  fields: (t) => ({
    id: t.exposeID('id', {
      dataClass: 'INTERNAL',
      nullable: true,
      description: "The source's id of the row.",
    }),
    entityId: t.exposeID('entityId', {
      dataClass: 'INTERNAL',
      nullable: true,
      description: 'The entity that it is about.',
    }),
    status: t.expose('status', {
      dataClass: 'INTERNAL',
      type: KycStatusEnum,
      description: 'The status that its word is read as.',
    }),
    sourceStatus: t.exposeString('sourceStatus', {
      dataClass: 'INTERNAL',
      nullable: true,
      description: 'The status exactly as the source spelled it.',
    }),
    message: t.exposeString('message', {
      dataClass: 'PII',
      nullable: true,
      description: 'What the source wrote beside it.',
    }),
    outcome: t.exposeString('outcome', {
      dataClass: 'INTERNAL',
      nullable: true,
      description: 'The outcome exactly as the source spelled it.',
    }),
    createdAt: t.expose('createdAt', {
      dataClass: 'INTERNAL',
      type: 'DateTime',
      nullable: true,
      description: 'When the row was created.',
    }),
    updatedAt: t.expose('updatedAt', {
      dataClass: 'INTERNAL',
      type: 'DateTime',
      nullable: true,
      description: 'When it was last updated.',
    }),
  }),
});

interface OwnedDetail extends Owned<IdvOutcomeDetail> {
  readonly reasons: readonly Owned<IdvOutcomeDetail['reasons'][number]>[];
}

export function ownedDetail(detail: IdvOutcomeDetail, ownerId: string | null): OwnedDetail {
  return { ...detail, ownerId, reasons: detail.reasons.map((reason) => owned(reason, ownerId)) };
}

const IdvOutcomeReasonObject = builder
  .objectRef<OwnedDetail['reasons'][number]>('IdvOutcomeReason')
  .implement({
    description: 'One reason of an outcome.',
    dataOwner: ownerOfOwned,
    fields: (t) => ({
      name: t.exposeString('name', {
        dataClass: 'PII',
        nullable: true,
        description: 'The reason, as the source names it.',
      }),
      type: t.exposeString('type', {
        dataClass: 'PII',
        nullable: true,
        description: 'What kind of reason it is.',
      }),
    }),
  });

export const IdvOutcomeDetailObject = builder.objectRef<OwnedDetail>('IdvOutcomeDetail').implement({
  description: 'What stands behind an outcome.',
  dataOwner: ownerOfOwned,
  fields: (t) => ({
    reasons: t.expose('reasons', {
      dataClass: 'PII',
      type: [IdvOutcomeReasonObject],
      description: 'The reasons.',
    }),
    tags: t.exposeStringList('tags', { dataClass: 'PII', description: "The source's tags." }),
  }),
});
