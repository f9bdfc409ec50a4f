import type { StatusMapping } from '#kyc/status';
import type { SourceInfo } from '#loaders/loaders';

import { builder } from '../builder.ts';
import { described } from '../described.ts';
import { STAFF } from '../needs.ts';
import { SourceEnum, SourceErrorObject } from './source.ts';
import { KycStatusEnum, KycStatusReasonEnum } from './status.ts';

const SourceHealthEnum = builder.enumType('SourceHealth', {
  description: 'How a source is doing, as the gateway sees it.',
  values: described<SourceInfo['health']>({
    UP: 'It answers.',
    DEGRADED: 'It answers in part, or the stored copy falls behind.',
    DOWN: 'It does not answer.',
  }),
});

const SourceCapabilityEnum = builder.enumType('SourceCapability', {
  description: 'What this gateway can do with a source.',
  values: described<SourceInfo['capabilities'][number]>({
    LIST: 'All its records can be listed.',
    BY_USER: 'The records of one user can be read.',
    BY_ID: 'One record can be read by its id.',
    BY_OWNER: "One record can be read with its owner's credential.",
    CREATE: 'Records can be made.',
    UPDATE: 'Records can be changed.',
    DELETE: 'Records can be deleted.',
    WEBHOOK: 'It can tell of changes by itself, where a secret for that is set.',
  }),
});

const StatusMappingObject = builder.objectRef<StatusMapping>('StatusMapping').implement({
  description: "How one of a source's words is read.",
  fields: (t) => ({
    sourceStatus: t.exposeString('sourceStatus', { dataClass: 'PUBLIC', description: "The source's word." }),
    outcome: t.exposeString('outcome', {
      dataClass: 'PUBLIC',
      nullable: true,
      description:
        'The outcome that belongs to it: null where it does not matter, empty for none, * for any other.',
    }),
    status: t.expose('status', {
      dataClass: 'PUBLIC',
      type: KycStatusEnum,
      description: 'The status that it is read as.',
    }),
    reason: t.expose('reason', {
      dataClass: 'PUBLIC',
      type: KycStatusReasonEnum,
      nullable: true,
      description: 'The reason that it is read as.',
    }),
  }),
});

const SourceInfoObject = builder.objectRef<SourceInfo>('SourceInfo').implement({
  description: 'One source as operators see it.',
  fields: (t) => ({
    source: t.expose('source', {
      dataClass: 'PUBLIC',
      type: SourceEnum,
      description: 'The source that this is about.',
    }),
    enabled: t.exposeBoolean('enabled', {
      dataClass: 'INTERNAL',
      description: 'True when it is switched on in the settings.',
    }),
    health: t.expose('health', {
      dataClass: 'INTERNAL',
      type: SourceHealthEnum,
      description: 'How it is doing.',
    }),
    capabilities: t.expose('capabilities', {
      dataClass: 'PUBLIC',
      type: [SourceCapabilityEnum],
      description: 'What can be done with it.',
    }),
    recordCount: t.exposeInt('recordCount', {
      dataClass: 'INTERNAL',
      description: 'How many of its records the store holds.',
    }),
    recordCountAtSource: t.exposeInt('recordCountAtSource', {
      dataClass: 'INTERNAL',
      nullable: true,
      description: 'How many records the source says it has; null where it does not say.',
    }),
    faultyRecords: t.exposeInt('faultyRecords', {
      dataClass: 'INTERNAL',
      description: 'How many of its records have a field that could not be read.',
    }),
    lagSeconds: t.exposeInt('lagSeconds', {
      dataClass: 'INTERNAL',
      nullable: true,
      description: 'Age of the oldest copy that should have been read again.',
    }),
    lastWebhookAt: t.expose('lastWebhookAt', {
      dataClass: 'INTERNAL',
      type: 'DateTime',
      nullable: true,
      description: 'When it last told of a change by itself; null when it never did.',
    }),
    lastSyncedAt: t.expose('lastSyncedAt', {
      dataClass: 'INTERNAL',
      type: 'DateTime',
      nullable: true,
      description: 'When it was last read whole; null when it never was.',
    }),
    nextSyncAt: t.expose('nextSyncAt', {
      dataClass: 'INTERNAL',
      type: 'DateTime',
      nullable: true,
      description: 'When it will next be read by itself; null when it will not.',
    }),
    lastError: t.expose('lastError', {
      dataClass: 'INTERNAL',
      type: SourceErrorObject,
      nullable: true,
      description: 'Why the last read of it failed; null when all is well.',
    }),
    statusMap: t.expose('statusMap', {
      dataClass: 'PUBLIC',
      type: [StatusMappingObject],
      description: 'How each status of this source is read.',
    }),
  }),
});

builder.queryField('sources', (t) =>
  t.field({
    dataClass: 'INTERNAL',
    type: [SourceInfoObject],
    cost: { rows: 5 },
    needs: [{ scope: 'kyc:status', kinds: STAFF }],
    description: 'All sources with their health, in the order of the registry.',
    resolve: (_root, _args, { loaders }) => loaders.sourceInfos(),
  }),
);
