import type { UnmappedStatus } from '#kyc/verification-stats';

import { builder } from '../builder.ts';
import { STAFF } from '../needs.ts';
import { SourceEnum } from './source.ts';

const UnmappedStatusObject = builder.objectRef<UnmappedStatus>('UnmappedStatus').implement({
  description: 'A status of a source that no table knows: its records are UNKNOWN, for STATUS_UNRECOGNISED.',
  fields: (t) => ({
    source: t.expose('source', {
      dataClass: 'INTERNAL',
      type: SourceEnum,
      description: 'The source that says it.',
    }),
    sourceStatus: t.exposeString('sourceStatus', {
      dataClass: 'INTERNAL',
      description: 'The word exactly as the source spells it.',
    }),
    count: t.exposeInt('count', { dataClass: 'INTERNAL', description: 'How many records have it now.' }),
    firstSeenAt: t.expose('firstSeenAt', {
      dataClass: 'INTERNAL',
      type: 'DateTime',
      description: 'When the gateway learnt the first of these records.',
    }),
    lastSeenAt: t.expose('lastSeenAt', {
      dataClass: 'INTERNAL',
      type: 'DateTime',
      description: 'When the source last confirmed one of these records.',
    }),
  }),
});

builder.queryField('unmappedStatuses', (t) =>
  t.field({
    dataClass: 'INTERNAL',
    type: [UnmappedStatusObject],
    cost: { rows: 100 },
    needs: [{ scope: 'kyc:status', kinds: STAFF }],
    description:
      'The statuses that records have now and no table of their source knows, by source, then word; at most 1000. A known status with an unknown outcome is found by its reason, OUTCOME_UNRECOGNISED.',
    resolve: (_root, _args, { store, sight }) => store.unmappedStatuses(sight),
  }),
);
