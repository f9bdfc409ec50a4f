import { subjectsOf } from '#kyc/verification';

import type { GraphContext } from './context.ts';
import type { VerificationNode } from './nodes.ts';

/**
 * The payload of a record, for who reads its owner in clear. Whoever else it names stands in it too: all of them must be
 * read in clear, and each reading is noted. Opened only here.
 */
export async function rawOf(
  { verification, __typename }: Pick<VerificationNode, 'verification' | '__typename'>,
  { loaders, clearances, clearReads, store, sight }: GraphContext,
): Promise<unknown> {
  if (verification.deleted) return null;
  const { source } = verification;
  const others = subjectsOf(verification).filter(({ role }) => role === 'ENTITY');
  const users = await Promise.all(
    others.map(({ externalUserId: externalId }) => loaders.userByIdentity({ source, externalId }, 'STORED')),
  );
  const ids = users.flatMap((user) => (user === null ? [] : [user.id]));
  if (ids.length < others.length) return null;
  const readings = await Promise.all(ids.map(async (id) => await clearances.of(id)));
  if (readings.includes('MASKED')) return null;
  const raw =
    verification.liveRaw === undefined ? await store.readRaw(verification.id, sight) : verification.liveRaw;
  if (raw !== null) for (const id of ids) clearReads.note(id, `${__typename}.raw`);
  return raw;
}
