import type { Freshness } from '#kyc/freshness';
import type { KnownVerification } from '#kyc/known-verification';
import type { SourceReport } from '#kyc/source-report';
import { joinStandings, NOT_APPLICABLE } from '#kyc/standing';
import type { Identity, User } from '#kyc/user';
import { subjectsOf } from '#kyc/verification';
import type { Source } from '#sources/source';
import type { ScanState } from '#store/store';

import { type IdentityPart, type IdentityQuestion, loadIdentityPart } from './identity-part.ts';
import { knownFromRead } from './live-known.ts';
import type { LiveReader } from './live-reader.ts';

/** What one source contributes to one user. */
export interface UserPart {
  readonly verifications: readonly KnownVerification[];
  readonly report: SourceReport;
}

export interface UserQuestion {
  readonly source: Source;
  readonly user: User;
  /** What the store holds of this source for this user. */
  readonly copies: readonly KnownVerification[];
  readonly scan: ScanState | null;
  readonly freshness: Freshness;
  readonly readWaitMs: number;
  /** True when this caller may make a source be asked about accounts that are not this user's. */
  readonly mayAskAboutStrangers: boolean;
}

/** Loads one source's part of a user: its identities there all at once, each under its own deadline. */
export async function loadUserPart(question: UserQuestion, reader: LiveReader): Promise<UserPart> {
  const { source, user, copies } = question;
  const { id } = source.descriptor;
  const identities = user.identities.filter((identity) => identity.source === id);
  if (identities.length === 0) return { verifications: copies, report: { source: id, ...NOT_APPLICABLE } };
  const own = new Set(identities.map(({ externalId }) => externalId));
  const accounts = [...ownAccounts(identities, copies), ...accountsOfOthers(question, own)];
  const parts = await Promise.all(
    accounts.map((account) => loadIdentityPart({ ...question, ...account }, reader)),
  );
  return {
    verifications: mergeParts(question, own, parts),
    report: { source: id, ...joinStandings(parts.map(({ standing }) => standing)) },
  };
}

type Account = Pick<IdentityQuestion, 'externalId' | 'lastReadAt' | 'hasRecords' | 'mayAsk'>;

function ownAccounts(
  identities: readonly Identity[],
  copies: readonly KnownVerification[],
): readonly Account[] {
  return identities.map(({ externalId, lastReadAt }) => {
    const hasRecords = copies.some((copy) => copy.externalUserId === externalId);
    return { externalId, lastReadAt, hasRecords, mayAsk: true };
  });
}

/** A record of another account that names this user is only given when that account is asked for. */
function accountsOfOthers(
  { source, copies, mayAskAboutStrangers }: UserQuestion,
  own: ReadonlySet<string>,
): readonly Account[] {
  if (source.descriptor.ask !== 'by-user') return [];
  const others = copies.filter(({ externalUserId, deleted }) => !deleted && !own.has(externalUserId ?? ''));
  const byAccount = Map.groupBy(others, ({ externalUserId }) => externalUserId);
  return [...byAccount].flatMap(([externalId, theirs]) => {
    if (externalId === null) return [];
    const [oldest] = theirs.map(({ observedAt }) => observedAt).toSorted();
    return [{ externalId, lastReadAt: oldest ?? null, hasRecords: true, mayAsk: mayAskAboutStrangers }];
  });
}

/** What the sources gave stands before the copies, however the parts came in. */
function mergeParts(
  { source, user, copies, freshness }: UserQuestion,
  own: ReadonlySet<string>,
  parts: readonly IdentityPart[],
): readonly KnownVerification[] {
  const merged = new Map(
    copies.map((copy) => [copy.id, freshness === 'STORED' ? copy : markedCopy(copy, parts)] as const),
  );
  for (const { live } of parts) {
    if (live === null) continue;
    for (const fetched of live.read.records) {
      const { externalId, externalUserId } = fetched.verification;
      const held = copies.find((copy) => copy.externalId === externalId) ?? null;
      const userId = own.has(externalUserId ?? '') ? user.id : (held?.userId ?? null);
      const known = knownFromRead(source.descriptor, fetched, live, { held, userId });
      // What no longer names this user (an entity that was taken out), or never did, is not this user's.
      if (subjectsOf(known).some((subject) => own.has(subject.externalUserId))) merged.set(known.id, known);
      else merged.delete(known.id);
    }
  }
  return [...merged.values()];
}

/** A copy is stale when its account should have been read again and was not, or was and did not give it. */
function markedCopy(copy: KnownVerification, parts: readonly IdentityPart[]): KnownVerification {
  const part = parts.find(({ externalId }) => externalId === copy.externalUserId) ?? parts[0];
  const stale = part !== undefined && (part.live !== null || part.standing.state === 'STALE');
  return stale && !copy.deleted ? { ...copy, stale } : copy;
}
