import DataLoader from 'dataloader';

import type { KnownVerification } from '#kyc/known-verification';
import { SEES_ALL, type Sight, seesIdentity, seesRecord, seesWhole } from '#kyc/sight';
import type { Identity, User } from '#kyc/user';
import { subjectsOf } from '#kyc/verification';
import type { Store } from '#store/store';

/** What single rows are judged by, whatever the store's own filter says. */
export type SightFacts = Pick<Store, 'readUsersByIdentity' | 'readVerificationsOfUsers' | 'grants'>;

const MOST_KEYS_PER_READ = 500;

/** Judges single rows by the pure rules (kyc/sight.ts), for one request. Its reads are not filtered by the sight. */
export class SightCheck {
  readonly sight: Sight;
  readonly #facts: SightFacts;
  readonly #granted: DataLoader<string, boolean>;
  /** By user id: all that count for any of the user's identities. */
  readonly #records: DataLoader<string, readonly KnownVerification[]>;

  constructor(facts: SightFacts, sight: Sight) {
    this.sight = sight;
    this.#facts = facts;
    this.#granted = new DataLoader(async (ids) => await this.#readGranted(ids), {
      maxBatchSize: MOST_KEYS_PER_READ,
    });
    this.#records = new DataLoader(
      async (ids) => {
        const records = await facts.readVerificationsOfUsers(ids, SEES_ALL);
        return ids.map((id) => records.get(id) ?? []);
      },
      { maxBatchSize: MOST_KEYS_PER_READ },
    );
  }

  /** True for a user whom the caller sees at every source. */
  async seesWhole(userId: string): Promise<boolean> {
    const isGranted = !seesWhole(this.sight, userId, NOBODY) && (await this.#granted.load(userId));
    return seesWhole(this.sight, userId, isGranted ? new Set([userId]) : NOBODY);
  }

  /** Those of the records that are seen, in their order. */
  async recordsSeen(records: readonly KnownVerification[]): Promise<readonly KnownVerification[]> {
    if (this.sight === 'ALL') return records;
    const seen = new Set(records.filter((known) => seesRecord(this.sight, partsOf(known), false)));
    const rest = records.filter((known) => !seen.has(known));
    const owners = await this.#usersOf(rest);
    for (const known of rest) {
      const users = owners.get(known) ?? [];
      const whole = await Promise.all(users.map(async (id) => await this.seesWhole(id)));
      if (seesRecord(this.sight, partsOf(known), whole.includes(true))) seen.add(known);
    }
    return records.filter((known) => seen.has(known));
  }

  /** What is seen of each user, with the identities that are seen; null for one of whom nothing is. */
  async usersSeen(users: readonly User[]): Promise<readonly (User | null)[]> {
    if (this.sight === 'ALL') return users;
    return await Promise.all(users.map(async (user) => await this.#userSeen(user)));
  }

  async #userSeen(user: User): Promise<User | null> {
    if (await this.seesWhole(user.id)) return user;
    const isByRecords = this.sight !== 'ALL' && this.sight.businessAccounts.length > 0;
    const records = isByRecords ? await this.#records.load(user.id) : [];
    const identities = user.identities.filter((identity) => this.#seesIdentity(identity, records));
    return identities.length === 0 ? null : { ...user, identities };
  }

  #seesIdentity(identity: Identity, records: readonly KnownVerification[]): boolean {
    const { source, externalId } = identity;
    const counting = records.filter(
      (known) =>
        known.source === source &&
        subjectsOf(known).some(({ externalUserId }) => externalUserId === externalId),
    );
    const businessAccountIds = counting.map((known) => partsOf(known).businessAccountId);
    return seesIdentity(this.sight, { source, businessAccountIds }, false);
  }

  /** Who lies behind the subjects of each record. Where nobody is seen whole, that is of no matter. */
  async #usersOf(
    records: readonly KnownVerification[],
  ): Promise<ReadonlyMap<KnownVerification, readonly string[]>> {
    const { sight } = this;
    if (sight === 'ALL' || (sight.users.length === 0 && sight.partner === null)) return new Map();
    const refs = records.flatMap((known) =>
      subjectsOf(known).map(({ externalUserId: externalId }) => ({
        known,
        source: known.source,
        externalId,
      })),
    );
    const users = refs.length === 0 ? [] : await this.#facts.readUsersByIdentity(refs, SEES_ALL);
    const byRecord = Map.groupBy(refs.entries(), ([, { known }]) => known);
    return new Map([...byRecord].map(([known, of]) => [known, of.flatMap(([at]) => users[at]?.id ?? [])]));
  }

  async #readGranted(ids: readonly string[]): Promise<readonly boolean[]> {
    const { sight } = this;
    if (sight === 'ALL' || sight.partner === null) return ids.map(() => false);
    const held = await this.#facts.grants.holdsUsers(sight.partner, ids);
    return ids.map((id) => held.has(id));
  }
}

const NOBODY: ReadonlySet<string> = new Set();

function partsOf(known: KnownVerification) {
  const { source } = known;
  return {
    source,
    businessAccountId: known.kind === 'IDV_APPLICATION' ? known.details.businessAccountId : null,
  };
}
