import type { AuditEntry } from '#access/audit';
import { parseReason, REASON_RULE } from '#access/reason';
import { decodeId } from '#kyc/id';
import type { Instant } from '#kyc/instant';

import { builder } from '../builder.ts';
import type { ErasureReceipt, GraphContext } from '../context.ts';
import { described } from '../described.ts';
import { invalid, MutationErrorObject, type MutationErrorShape } from './mutation-error.ts';
import { SourceEnum } from './source.ts';
import { noSuchUser } from './user-payload.ts';

const ErasureAtSourceEnum = builder.enumType('ErasureAtSource', {
  description: 'Whether the source itself still has something of the user, and who can ask it to erase that.',
  values: described<ErasureReceipt['atSource']>({
    ERASED: 'What the gateway knew there is gone at the source too.',
    CAN_BE_ASKED_HERE: 'The source deletes when it is asked here (deleteKycRecord), record by record.',
    MUST_BE_ASKED_THERE:
      'The source must be asked by other means. Also where it has no record that the gateway knows: it knows the user.',
  }),
});

const ErasureReceiptObject = builder.objectRef<ErasureReceipt>('ErasureReceipt').implement({
  description: 'What was erased here, and whether the source itself must still be asked.',
  fields: (t) => ({
    source: t.expose('source', { dataClass: 'INTERNAL', type: SourceEnum, description: 'The source.' }),
    records: t.exposeInt('records', {
      dataClass: 'INTERNAL',
      description:
        'Records of the user, and of others that name the user: nothing personal of the user is in them any more, and no payload.',
    }),
    atSource: t.expose('atSource', {
      dataClass: 'INTERNAL',
      type: ErasureAtSourceEnum,
      description: 'What remains to be done at the source.',
    }),
  }),
});

const EraseUserInput = builder.inputType('EraseUserInput', {
  description: 'Whose personal data are erased, and why.',
  fields: (t) => ({
    userId: t.id({ required: true, description: 'The public id of the user; an alias will do.' }),
    reason: t.string({
      required: true,
      description: `Why, for the audit, which keeps it for good. ${REASON_RULE}`,
    }),
  }),
});

interface EraseUserPayload {
  readonly erasedAt: Instant | null;
  readonly receipts: readonly ErasureReceipt[];
  readonly errors: readonly MutationErrorShape[];
}

const EraseUserPayloadObject = builder.objectRef<EraseUserPayload>('EraseUserPayload').implement({
  description: 'What came of it.',
  fields: (t) => ({
    erasedAt: t.expose('erasedAt', {
      dataClass: 'INTERNAL',
      type: 'DateTime',
      nullable: true,
      description: 'When the user was first erased; null when it was refused.',
    }),
    receipts: t.expose('receipts', {
      dataClass: 'INTERNAL',
      type: [ErasureReceiptObject],
      description: 'One for each source where the user has an identity; none when it was refused.',
    }),
    errors: t.expose('errors', {
      dataClass: 'INTERNAL',
      type: [MutationErrorObject],
      description: 'Why it was refused.',
    }),
  }),
});

async function eraseUser(
  input: typeof EraseUserInput.$inferInput,
  context: GraphContext,
): Promise<EraseUserPayload> {
  const { audit, actions, store, sight } = context;
  const [user = null] =
    decodeId(input.userId)?.type === 'User' ? await store.readUsers([input.userId], sight) : [];
  const parsed = parseReason(input.reason);
  const reason = parsed === 'UNFIT' ? null : parsed.reason;
  const errors: MutationErrorShape[] = [];
  if (user === null) errors.push(noSuchUser('userId'));
  if (reason === null) errors.push(invalid(REASON_RULE, ['reason']));
  const decision: AuditEntry['decision'] = errors.length === 0 ? 'ALLOWED' : 'REFUSED';
  const entry = {
    action: 'ERASE',
    userId: user?.id ?? null,
    fields: ['Mutation.eraseUser'],
    reason,
  } as const;
  await audit.append(context, [{ ...entry, decision }]);
  const erasure = user === null || errors.length > 0 ? null : await actions.eraseUser(user.id);
  if (erasure === null) return { erasedAt: null, receipts: [], errors };
  return { ...erasure, errors: [] };
}

builder.mutationField('eraseUser', (t) =>
  t.field({
    dataClass: 'INTERNAL',
    type: EraseUserPayloadObject,
    needs: [{ scope: 'kyc:operate', kinds: ['OPERATOR'] }],
    audits: { action: 'ERASE' },
    description:
      'Erase what is personal of a user here: values, payloads, credentials, all that the user could be searched by. Ids, links, statuses and their history stay. Whatever a source says of the same identities later is kept without anything personal. It cannot be undone; said again, it goes on where it stopped and gives the same receipts.',
    args: {
      input: t.arg({ type: EraseUserInput, required: true, description: 'Whose, and why.' }),
    },
    resolve: (_root, { input }, context) => eraseUser(input, context),
  }),
);
