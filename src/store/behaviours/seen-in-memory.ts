import type { KnownVerification } from '#kyc/known-verification';
import { type Sight, seesIdentity, seesRecord, seesWhole } from '#kyc/sight';
import type { IdentityRef, User } from '#kyc/user';
import { subjectsOf } from '#kyc/verification';

/** All that a store holds, read by key. */
export interface HeldInMemory {
  readonly verifications: readonly KnownVerification[];
  /** With all their identities. */
  readonly users: readonly User[];
  /** By partner: ids of the users granted. */
  readonly granted: ReadonlyMap<string, ReadonlySet<string>>;
}

/** What a caller sees of it, one by one by the pure rules (kyc/sight.ts). */
export class SeenInMemory {
  readonly #held: HeldInMemory;
  readonly #sight: Sight;
  readonly #owners: ReadonlyMap<string, User>;

  constructor(held: HeldInMemory, sight: Sight) {
    this.#held = held;
    this.#sight = sight;
    const owned = held.users.flatMap((user) => user.identities.map((one) => [keyOf(one), user] as const));
    this.#owners = new Map(owned);
  }

  verifications(): readonly KnownVerification[] {
    return this.#held.verifications.filter((known) => this.#seesRecord(known));
  }

  /** Each with the identities that are seen. */
  users(): readonly User[] {
    return this.#held.users
      .filter((user) => this.#seesWhole(user) || this.#identitiesOf(user).length > 0)
      .map((user) => ({ ...user, identities: this.#identitiesOf(user) }));
  }

  /** True when a record counts for an identity of the user that is seen. */
  countsFor(known: KnownVerification, userId: string): boolean {
    return subjectsOf(known).some(({ externalUserId }) => {
      const user = this.#owners.get(keyOf({ source: known.source, externalId: externalUserId }));
      if (user?.id !== userId) return false;
      return this.#identitiesOf(user).some(
        ({ source, externalId }) => source === known.source && externalId === externalUserId,
      );
    });
  }

  /** The user who may be named as the owner of a record. */
  ownerOf({ source, externalUserId }: KnownVerification): string | null {
    if (externalUserId === null) return null;
    const key = keyOf({ source, externalId: externalUserId });
    const user = this.#owners.get(key);
    const isSeen = user !== undefined && this.#identitiesOf(user).some((one) => keyOf(one) === key);
    return isSeen ? user.id : null;
  }

  #seesWhole({ id }: User): boolean {
    const partner = this.#sight === 'ALL' ? null : this.#sight.partner;
    return seesWhole(this.#sight, id, this.#held.granted.get(partner ?? '') ?? new Set());
  }

  #seesRecord(known: KnownVerification): boolean {
    const users = subjectsOf(known).flatMap(
      ({ externalUserId: externalId }) => this.#owners.get(keyOf({ source: known.source, externalId })) ?? [],
    );
    const record = { source: known.source, businessAccountId: businessAccountOf(known) };
    return seesRecord(
      this.#sight,
      record,
      users.some((user) => this.#seesWhole(user)),
    );
  }

  #identitiesOf(user: User): User['identities'] {
    return user.identities.filter((identity) =>
      seesIdentity(
        this.#sight,
        { source: identity.source, businessAccountIds: this.#businessAccountsOf(identity) },
        this.#seesWhole(user),
      ),
    );
  }

  #businessAccountsOf({ source, externalId }: IdentityRef): readonly (string | null)[] {
    return this.#held.verifications
      .filter((known) => known.source === source)
      .filter((known) => subjectsOf(known).some(({ externalUserId }) => externalUserId === externalId))
      .map(businessAccountOf);
  }
}

function businessAccountOf(known: KnownVerification): string | null {
  return known.kind === 'IDV_APPLICATION' ? known.details.businessAccountId : null;
}

function keyOf({ source, externalId }: IdentityRef): string {
  return `${source}:${externalId}`;
}
