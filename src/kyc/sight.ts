import type { SourceId } from './source-id.ts';

/** What a caller may see. 'ALL', or the union of what a limited caller was given. `access/` alone makes one. */
export type Sight = 'ALL' | LimitedSight;

/**
 * A record is seen when its source is given, when it counts for a user seen whole, or when its business account is
 * given. A user is seen when seen whole or by an identity; of one not seen whole only the identities seen are shown:
 * those at a source given, and the subjects of an application of a business account given.
 */
export interface LimitedSight {
  /** Users seen whole, at every source: public ids, aliases resolved. */
  readonly users: readonly string[];
  /** Seen whole too: the users whom the store's grants give to this partner. Null: none. */
  readonly partner: string | null;
  /** Everything at these sources, users to come included. */
  readonly sources: readonly SourceId[];
  /** Applications of these business accounts. */
  readonly businessAccounts: readonly string[];
}

export const SEES_ALL: Sight = 'ALL';
export const SEES_NOTHING: LimitedSight = { users: [], partner: null, sources: [], businessAccounts: [] };

/** True for a caller who may see users in part: what is stored of a user over all sources is not for them. */
export function isLimitedToSources(sight: Sight): boolean {
  return sight !== 'ALL' && (sight.sources.length > 0 || sight.businessAccounts.length > 0);
}

/** True when all that there is at a source is seen, users to come included. */
export function seesSource(sight: Sight, source: SourceId): boolean {
  return sight === 'ALL' || sight.sources.includes(source);
}

/** True when a user is seen whole. `granted`: the users whom the store's grants give to the sight's partner. */
export function seesWhole(sight: Sight, userId: string, granted: ReadonlySet<string>): boolean {
  if (sight === 'ALL' || sight.users.includes(userId)) return true;
  return sight.partner !== null && granted.has(userId);
}

/** True when a record is seen. `countsForWhole`: it counts for an identity of a user seen whole. */
export function seesRecord(
  sight: Sight,
  record: { readonly source: SourceId; readonly businessAccountId: string | null },
  countsForWhole: boolean,
): boolean {
  if (seesSource(sight, record.source) || countsForWhole) return true;
  return seesBusinessAccount(sight, record.businessAccountId);
}

/** True when an identity is seen. `businessAccountIds`: of the applications that count for it. */
export function seesIdentity(
  sight: Sight,
  identity: { readonly source: SourceId; readonly businessAccountIds: readonly (string | null)[] },
  isOfWhole: boolean,
): boolean {
  if (seesSource(sight, identity.source) || isOfWhole) return true;
  return identity.businessAccountIds.some((id) => seesBusinessAccount(sight, id));
}

function seesBusinessAccount(sight: Sight, id: string | null): boolean {
  return sight === 'ALL' || (id !== null && sight.businessAccounts.includes(id));
}
