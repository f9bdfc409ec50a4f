import type { KnownVerificationOf } from '#kyc/known-verification';
import type { User } from '#kyc/user';
import type { UserAnswer } from '#loaders/loaders';

import { personalOfApplication } from './personal.ts';

/**
 * Where the user can do what is required of them: the upload link of their own entity in the application that decided;
 * for the applicant, where no entity is theirs, that of the first entity that something is required of and that has no
 * account. The link of an entity with an account is that user's, and given to nobody else.
 */
export function actionUrlOf(user: User, { answer, verifications }: UserAnswer): string | null {
  if (answer.status !== 'ACTION_REQUIRED') return null;
  const decided = verifications.find(({ id }) => id === answer.becauseId);
  if (decided?.kind !== 'IDV_APPLICATION') return null;
  const own = urlsOf(decided, ({ accountId }) => holds(user, decided.source, accountId));
  const others = holds(user, decided.source, decided.externalUserId)
    ? urlsOf(decided, ({ status, accountId }) => status === 'ACTION_REQUIRED' && accountId === null)
    : [];
  return [...own, ...others][0] ?? null;
}

type Application = KnownVerificationOf<'IDV_APPLICATION'>;

function urlsOf(
  application: Application,
  isMeant: (entity: Application['details']['entities'][number]) => boolean,
): readonly string[] {
  const personal = personalOfApplication(application).entities;
  return application.details.entities
    .map((entity, index) => (isMeant(entity) ? (personal[index]?.documentUploadUrl ?? null) : null))
    .filter((url) => url !== null);
}

function holds(user: User, source: string, externalId: string | null): boolean {
  return user.identities.some((identity) => identity.source === source && identity.externalId === externalId);
}
