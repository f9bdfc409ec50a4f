import type { Identity, IdentityRef } from '#kyc/user';
import type { StoreContext } from '#store/context';
import { moveAnswers } from '#store/intake/answers';
import { identityOfRow } from '#store/reads/read-users';
import type { Store } from '#store/store';

import { connectIdentity, openCredential } from './connect-identity.ts';
import { disconnectIdentity } from './disconnect-identity.ts';
import { importPeople } from './import-people.ts';
import { asResult, linkIdentities } from './link-identities.ts';
import { mergeUsers } from './merge-users.ts';
import { demandPossible, takeIn } from './take-in.ts';
import { unlinkIdentity } from './unlink-identity.ts';

const IDENTITIES_AT_ONCE = 200;

type Links = Pick<
  Store,
  | 'linkIdentities'
  | 'unlinkIdentity'
  | 'mergeUsers'
  | 'connectIdentity'
  | 'disconnectIdentity'
  | 'importPeople'
  | 'addIdentities'
  | 'openCredential'
>;

/** Who is whom: identities, the users that they make, and the credentials by which they are read. */
export function createLinks(context: StoreContext): Links {
  return {
    linkIdentities: (lists, by) => linkIdentities(context, lists, by),
    unlinkIdentity: (userId, identity, by) =>
      asResult(() => unlinkIdentity(context, { userId, identity, by })),
    mergeUsers: (keepId, mergeId, by) => asResult(() => mergeUsers(context, { keepId, mergeId, by })),
    disconnectIdentity: (identity) => asResult(() => disconnectIdentity(context, identity)),
    importPeople: (people, how) => importPeople(context, people, how),
    connectIdentity: (request) => asResult(() => connectIdentity(context, request)),
    openCredential: (identity) => openCredential(context, identity),
    /** @throws LinkRefusedError for an external id that no identity can have */
    async addIdentities(identities) {
      identities.forEach(demandPossible);
      const added: Identity[] = [];
      for (let at = 0; at < identities.length; at += IDENTITIES_AT_ONCE)
        added.push(
          ...(await context.bulk.run(() => addSome(context, identities.slice(at, at + IDENTITIES_AT_ONCE)))),
        );
      return added;
    },
  };
}

async function addSome(context: StoreContext, refs: readonly IdentityRef[]): Promise<readonly Identity[]> {
  const { database, bell } = context;
  const { rows, appended } = await database.write.transaction().execute(async (transaction) => {
    await database.dialect.lockAppends(transaction);
    const at = await database.now(transaction);
    const { rows, founded } = await takeIn(transaction, context, refs, at);
    const causes = new Map(founded.map((id) => [id, 'BACKFILL'] as const));
    return { rows, appended: await moveAnswers(transaction, context, { causes, at }) };
  });
  if (appended > 0) bell.ring();
  return rows.map((row) => identityOfRow({ ...row, connected: row.credential !== null }));
}
