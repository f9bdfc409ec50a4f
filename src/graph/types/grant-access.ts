import { grantInWords } from '#access/grant-in-words';
import { canBeSubject } from '#access/subject';
import { decodeId } from '#kyc/id';
import type { Grant } from '#store/grants/grants';

import { builder } from '../builder.ts';
import type { GraphContext } from '../context.ts';
import { OPERATORS } from '../needs.ts';
import { canBeAWord } from '../words.ts';
import { invalid, MutationErrorObject, type MutationErrorShape, refused } from './mutation-error.ts';
import { SourceEnum } from './source.ts';
import { noSuchUser } from './user-payload.ts';

const GrantAccessInput = builder.inputType('GrantAccessInput', {
  description:
    'Who may see what: one of userId, source and businessAccountId is given, exactly. What is granted is seen from the next request on, and what is revoked no longer.',
  fields: (t) => ({
    partner: t.string({
      required: true,
      description: "The partner's subject, as its credentials name it; it need not have any yet.",
    }),
    userId: t.id({
      description:
        'The public id of a user, who is seen whole, at every source; an alias will do. Two who are merged later are both seen, as one.',
    }),
    source: t.field({ type: SourceEnum, description: 'A source: all that it has, users to come included.' }),
    businessAccountId: t.id({ description: 'A business account at RocketKOR: its applications.' }),
  }),
});
type Input = typeof GrantAccessInput.$inferInput;

interface GrantAccessPayload {
  readonly granted: boolean;
  readonly errors: readonly MutationErrorShape[];
}

const GrantAccessPayloadObject = builder.objectRef<GrantAccessPayload>('GrantAccessPayload').implement({
  description: 'What came of it.',
  fields: (t) => ({
    granted: t.exposeBoolean('granted', {
      dataClass: 'INTERNAL',
      description: 'Whether it is granted now; false too when it was refused.',
    }),
    errors: t.expose('errors', {
      dataClass: 'INTERNAL',
      type: [MutationErrorObject],
      description: 'Why it was refused.',
    }),
  }),
});

type Asked =
  | { readonly grant: Grant; readonly error: null }
  | { readonly grant: null; readonly error: MutationErrorShape };

/** A user under the present id. */
async function readGrant(input: Input, { store, sight }: GraphContext): Promise<Asked> {
  const { partner, userId, source, businessAccountId } = input;
  if (!canBeSubject(partner)) return no(invalid('This can be no subject of a partner.', ['partner']));
  const named = [userId, source, businessAccountId].filter((one) => one != null);
  if (named.length !== 1)
    return no(
      refused({ code: 'INVALID_INPUT', message: 'Give one of userId, source and businessAccountId.' }),
    );
  if (source != null) return yes({ partner, kind: 'SOURCE', value: source });
  if (businessAccountId != null) {
    return canBeAWord(businessAccountId)
      ? yes({ partner, kind: 'BUSINESS_ACCOUNT', value: businessAccountId })
      : no(invalid('This can be no business account.', ['businessAccountId']));
  }
  const id = userId ?? '';
  const [user = null] = decodeId(id)?.type === 'User' ? await store.readUsers([id], sight) : [];
  return user === null ? no(noSuchUser('userId')) : yes({ partner, kind: 'USER', value: user.id });
}

const yes = (grant: Grant): Asked => ({ grant, error: null });
const no = (error: MutationErrorShape): Asked => ({ grant: null, error });

async function changeAccess(
  input: Input,
  action: 'GRANT' | 'REVOKE',
  context: GraphContext,
): Promise<GrantAccessPayload> {
  const { grants, audit, principal } = context;
  const { grant, error } = await readGrant(input, context);
  const entry = {
    action,
    userId: grant?.kind === 'USER' ? grant.value : null,
    fields: [`Mutation.${action === 'GRANT' ? 'grantAccess' : 'revokeAccess'}`],
    reason: grant === null ? null : grantInWords(grant),
  } as const;
  await audit.append(context, [{ ...entry, decision: grant === null ? 'REFUSED' : 'ALLOWED' }]);
  if (grant === null) return { granted: false, errors: [error] };
  const [outcome] =
    action === 'GRANT' ? await grants.grant([grant], principal.subject) : [await grants.revoke(grant)];
  // Merged away within this very moment.
  if (outcome?.refusal != null) return { granted: false, errors: [noSuchUser('userId')] };
  return { granted: action === 'GRANT', errors: [] };
}

builder.mutationFields((t) => ({
  grantAccess: t.field({
    dataClass: 'INTERNAL',
    type: GrantAccessPayloadObject,
    needs: OPERATORS,
    audits: { action: 'GRANT' },
    description:
      'Let a partner see a user, a source or a business account, from its next request on. Said again, it is found done.',
    args: { input: t.arg({ type: GrantAccessInput, required: true, description: 'Who may see what.' }) },
    resolve: (_root, { input }, context) => changeAccess(input, 'GRANT', context),
  }),
  revokeAccess: t.field({
    dataClass: 'INTERNAL',
    type: GrantAccessPayloadObject,
    needs: OPERATORS,
    audits: { action: 'REVOKE' },
    description:
      'Take back what grantAccess gave, from the next request on. What was never granted is found done; what is granted otherwise (a user by a source, say) stays.',
    args: {
      input: t.arg({ type: GrantAccessInput, required: true, description: 'Who may no longer see what.' }),
    },
    resolve: (_root, { input }, context) => changeAccess(input, 'REVOKE', context),
  }),
}));
