import { decodeId, putAsideEventId } from '#kyc/id';

import { builder } from '../builder.ts';
import type { GraphContext } from '../context.ts';
import { OPERATORS } from '../needs.ts';
import { invalid, MutationErrorObject, type MutationErrorShape, refused } from './mutation-error.ts';

const MOST = 200;

const ReplayPutAsideEventsInput = builder.inputType('ReplayPutAsideEventsInput', {
  description: 'Which events are worked on again.',
  fields: (t) => ({
    ids: t.idList({ required: true, description: `Ids that putAsideEvents gave, at most ${MOST}.` }),
  }),
});

interface ReplayPayload {
  readonly replayed: readonly string[];
  readonly errors: readonly MutationErrorShape[];
}

const ReplayPutAsideEventsPayload = builder
  .objectRef<ReplayPayload>('ReplayPutAsideEventsPayload')
  .implement({
    description: 'What came of it.',
    fields: (t) => ({
      replayed: t.idList({
        dataClass: 'INTERNAL',
        description: 'The events that are worked on now; one that comes to nothing again is put aside again.',
        resolve: ({ replayed }) => [...replayed],
      }),
      errors: t.expose('errors', {
        dataClass: 'INTERNAL',
        type: [MutationErrorObject],
        description: 'Which ids name nothing that is put aside.',
      }),
    }),
  });

const ENTRY = {
  action: 'REPLAY',
  userId: null,
  fields: ['Mutation.replayPutAsideEvents'],
  reason: null,
  decision: 'ALLOWED',
} as const;

async function replay(ids: readonly string[], context: GraphContext): Promise<ReplayPayload> {
  if (ids.length > MOST)
    return { replayed: [], errors: [invalid(`At most ${MOST} events are replayed at once.`, ['ids'])] };
  const keys = ids.map((id) => {
    const decoded = decodeId(id);
    return decoded?.type === 'PutAsideEvent' ? decoded.key : null;
  });
  await context.audit.append(context, [ENTRY]);
  const replayed = new Set(await context.webhookEvents.replay(keys.filter((key) => key !== null)));
  const errors = keys.flatMap((key, index) => {
    if (key !== null && replayed.has(key)) return [];
    return [refused({ code: 'NOT_FOUND', message: 'No such event is put aside.' }, ['ids', String(index)])];
  });
  return { replayed: [...replayed].map(putAsideEventId), errors };
}

builder.mutationField('replayPutAsideEvents', (t) =>
  t.field({
    dataClass: 'INTERNAL',
    type: ReplayPutAsideEventsPayload,
    needs: OPERATORS,
    audits: { action: 'REPLAY' },
    description:
      'Work again on events that were put aside, once what stood in their way is gone. An event only makes the gateway read its source: said again, nothing happens twice.',
    args: { input: t.arg({ type: ReplayPutAsideEventsInput, required: true, description: 'Which.' }) },
    resolve: (_root, { input }, context) => replay(input.ids, context),
  }),
);
