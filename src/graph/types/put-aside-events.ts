import { putAsideEventId } from '#kyc/id';
import type { PutAsideFilter } from '#store/webhook-events/webhook-events';

import { builder } from '../builder.ts';
import { connectionOf, readPageArgs } from '../connection.ts';
import { given } from '../given.ts';
import { listName } from '../list-name.ts';
import { OPERATORS } from '../needs.ts';
import { type PutAsideEventNode, putAsideEventNode } from '../nodes.ts';
import './connection-fields.ts';
import { SourceEnum } from './source.ts';

const PutAsideEventRef = builder.objectRef<PutAsideEventNode>('PutAsideEvent');

PutAsideEventRef.implement({
  description:
    'What a source told by a webhook, and nothing came of. It waits for an operator. What was said is never shown: it may hold personal data.',
  interfaces: [builder.nodeInterfaceRef()],
  fields: (t) => ({
    id: t.id({
      dataClass: 'PUBLIC',
      description: 'The public id: opaque.',
      resolve: ({ event }) => putAsideEventId(event.id),
    }),
    source: t.field({
      dataClass: 'INTERNAL',
      type: SourceEnum,
      description: 'The source that told it.',
      resolve: ({ event }) => event.source,
    }),
    receivedAt: t.field({
      dataClass: 'INTERNAL',
      type: 'DateTime',
      description: 'When it was last told.',
      resolve: ({ event }) => event.receivedAt,
    }),
    reason: t.string({
      dataClass: 'INTERNAL',
      description:
        'Why nothing came of it, stable: NOT_JSON, NOT_AN_EVENT, UNKNOWN_TYPE, NAMES_NOBODY, TOO_MANY_EVENTS, NOT_AT_SOURCE, SOURCE_UNREADABLE, SCANS_OFF, NOT_OPENED or NEVER_ENDED.',
      resolve: ({ event }) => event.reason,
    }),
    attempts: t.int({
      dataClass: 'INTERNAL',
      description: 'How often it was worked on since it was told or replayed.',
      resolve: ({ event }) => event.attempts,
    }),
  }),
});

const PutAsideEventConnection = builder.connectionObject(
  { name: 'PutAsideEventConnection', type: PutAsideEventRef, description: 'A page of events put aside.' },
  { name: 'PutAsideEventEdge', description: 'An event and where it stands in its list.' },
);

const positionOf = ({ event }: PutAsideEventNode) => ({ value: event.receivedAt, id: event.id });

builder.queryField('putAsideEvents', (t) =>
  t.field({
    dataClass: 'INTERNAL',
    type: PutAsideEventConnection,
    needs: OPERATORS,
    description:
      'What sources told by webhooks and nothing came of, newest first, then by id. replayPutAsideEvents has it worked on again.',
    args: {
      first: t.arg.int({ description: 'At most so many events: 0 to 200. Default 50.' }),
      after: t.arg.string({ description: 'Only events after this cursor, which must be of this very list.' }),
      source: t.arg({ type: SourceEnum, description: 'Of this source.' }),
    },
    resolve: async (_root, { source, ...args }, { webhookEvents, cursors }) => {
      const filter: PutAsideFilter = given({ source });
      const name = listName({ connection: 'putAsideEvents', parent: null, filter, order: null });
      const list = { name, positionOf };
      const page = readPageArgs(args, list, cursors);
      const { rows, ...flags } = await webhookEvents.pagePutAside({ filter, page });
      return connectionOf({ rows: rows.map(putAsideEventNode), ...flags }, list, cursors, {
        totalCount: () => webhookEvents.countPutAside(filter),
        sources: async () => [],
      });
    },
  }),
);
