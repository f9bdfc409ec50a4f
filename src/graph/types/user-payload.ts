import { builder } from '../builder.ts';
import type { GraphContext, UserOutcome } from '../context.ts';
import { type UserNode, userNode } from '../nodes.ts';
import { UserRef } from '../refs.ts';
import { MutationErrorObject, type MutationErrorShape, refused } from './mutation-error.ts';

/** What mutations give that end in one user, or say why not. */
export interface UserPayload {
  readonly user: UserNode | null;
  readonly errors: readonly MutationErrorShape[];
}

export function userPayloadType(name: string, userDescription: string) {
  return builder.objectRef<UserPayload>(name).implement({
    description: 'What came of it.',
    fields: (t) => ({
      user: t.expose('user', {
        dataClass: 'INTERNAL',
        type: UserRef,
        nullable: true,
        description: userDescription,
      }),
      errors: t.expose('errors', {
        dataClass: 'INTERNAL',
        type: [MutationErrorObject],
        description: 'Why it was refused.',
      }),
    }),
  });
}

/** The user as it now stands: what the request had loaded before is older than what was done. */
export async function userPayload(
  { userId, refusal }: UserOutcome,
  { store, sight }: Pick<GraphContext, 'store' | 'sight'>,
): Promise<UserPayload> {
  if (refusal !== null) return { user: null, errors: [refused(refusal)] };
  const [user = null] = await store.readUsers([userId], sight);
  return { user: user === null ? null : userNode(user, 'STORED'), errors: [] };
}

export function refusedPayload(...errors: readonly MutationErrorShape[]): UserPayload {
  return { user: null, errors };
}

/** A user whom the caller may not see is told of like one who is not there. */
export function noSuchUser(field: string): MutationErrorShape {
  return refused({ code: 'NOT_FOUND', message: 'There is no such user.' }, [field]);
}
