import type { AuditEntry } from '#access/audit';
import { parseReason, REASON_RULE } from '#access/reason';
import { decodeId } from '#kyc/id';
import type { Instant } from '#kyc/instant';
import type { User } from '#kyc/user';

import { builder } from '../builder.ts';
import type { GraphContext } from '../context.ts';
import { STAFF } from '../needs.ts';
import { type UserNode, userNode } from '../nodes.ts';
import { UserRef } from '../refs.ts';
import { invalid, MutationErrorObject, type MutationErrorShape } from './mutation-error.ts';
import { noSuchUser } from './user-payload.ts';

/** A case, not a shift: who needs longer says again why. */
const MAX_MINUTES = 240;

const RevealPersonalDataInput = builder.inputType('RevealPersonalDataInput', {
  description: 'Whose personal data, why, and for how long.',
  fields: (t) => ({
    userId: t.id({ required: true, description: 'The public id of the user; an alias will do.' }),
    reason: t.string({
      required: true,
      description: `Why, for the audit, which keeps it for good. ${REASON_RULE}`,
    }),
    minutes: t.int({
      required: true,
      defaultValue: 15,
      description: `How long it holds: 1 to ${MAX_MINUTES} minutes. Said again, the new time takes the place of the old.`,
    }),
  }),
});
type Input = typeof RevealPersonalDataInput.$inferInput;

interface RevealPersonalDataPayload {
  readonly user: UserNode | null;
  readonly until: Instant | null;
  readonly errors: readonly MutationErrorShape[];
}

const RevealPersonalDataPayloadObject = builder
  .objectRef<RevealPersonalDataPayload>('RevealPersonalDataPayload')
  .implement({
    description: 'What came of it.',
    fields: (t) => ({
      user: t.expose('user', {
        dataClass: 'INTERNAL',
        type: UserRef,
        nullable: true,
        description:
          'The user, whose personal data this caller now reads in clear; null when it was refused.',
      }),
      until: t.expose('until', {
        dataClass: 'INTERNAL',
        type: 'DateTime',
        nullable: true,
        description: 'When it ends; null when it was refused.',
      }),
      errors: t.expose('errors', {
        dataClass: 'INTERNAL',
        type: [MutationErrorObject],
        description: 'Why it was refused.',
      }),
    }),
  });

async function revealPersonalData(input: Input, context: GraphContext): Promise<RevealPersonalDataPayload> {
  const { audit, reveals, principal, store, sight } = context;
  const [user = null] =
    decodeId(input.userId)?.type === 'User' ? await store.readUsers([input.userId], sight) : [];
  const { reason, errors } = faultsOf(input, user);
  const entry = {
    action: 'REVEAL',
    userId: user?.id ?? null,
    fields: ['Mutation.revealPersonalData'],
    reason,
  } as const;
  const decision: AuditEntry['decision'] = errors.length === 0 ? 'ALLOWED' : 'REFUSED';
  await audit.append(context, [{ ...entry, decision }]);
  if (user === null || reason === null || errors.length > 0) return { user: null, until: null, errors };
  const { minutes } = input;
  const until = await reveals.reveal(principal, { userId: user.id, minutes, reason });
  return { user: userNode(user, 'STORED'), until, errors: [] };
}

function faultsOf(
  { minutes, reason: said }: Input,
  user: User | null,
): { reason: string | null; errors: readonly MutationErrorShape[] } {
  const parsed = parseReason(said);
  const reason = parsed === 'UNFIT' ? null : parsed.reason;
  const errors: MutationErrorShape[] = [];
  if (user === null) errors.push(noSuchUser('userId'));
  if (reason === null) errors.push(invalid(REASON_RULE, ['reason']));
  if (minutes < 1 || minutes > MAX_MINUTES)
    errors.push(invalid(`It holds for 1 to ${MAX_MINUTES} minutes.`, ['minutes']));
  return { reason, errors };
}

builder.mutationField('revealPersonalData', (t) =>
  t.field({
    dataClass: 'INTERNAL',
    type: RevealPersonalDataPayloadObject,
    needs: [{ scope: 'kyc:pii', kinds: STAFF }],
    audits: { action: 'REVEAL' },
    description:
      "Read one user's personal data in clear, for a reason and for a while. Every field that is read is audited, until it lapses. It ends early when the user is merged with another.",
    args: {
      input: t.arg({
        type: RevealPersonalDataInput,
        required: true,
        description: 'Whose, why, and how long.',
      }),
    },
    resolve: (_root, { input }, context) => revealPersonalData(input, context),
  }),
);
