import { NOBODY } from '#kyc/person';
import { SEES_ALL } from '#kyc/sight';
import type { SourceId } from '#kyc/source-id';
import type { KycStatus } from '#kyc/status';
import { aRecord, aSource, at, idOf, take } from '#store/behaviours/records';
import { alpha } from '#store/behaviours/sample-records';
import type { Store } from '#store/store';

/** People of a store, each by a name at each source, who move when a test says so. */
export class People {
  readonly #store: Store;
  #second = 1;

  constructor(store: Store) {
    this.#store = store;
  }

  /** The record of a name moves to a status; its id. */
  async move(name: string, status: KycStatus, source: SourceId = alpha): Promise<string> {
    const [id = ''] = await this.moveAll([name], status, source);
    return id;
  }

  /** The same of several at once, in one transaction. */
  async moveAll(
    names: readonly string[],
    status: KycStatus,
    source: SourceId = alpha,
  ): Promise<readonly string[]> {
    this.#second += 1;
    const records = names.map((name) => {
      const person = { ...NOBODY, fullName: `${name} Doe`, email: `${name}@example.org` };
      const personal = { person, documents: [], declineReason: null, rejectionMessage: null };
      const said = { source, externalId: `of-${name}`, externalUserId: name, status, personal };
      return aRecord({ ...said, sourceStatus: status, updatedAt: at(this.#second) });
    });
    await take(this.#store, records, {
      source: aSource({ id: source, listed: false }),
      learntBy: 'WEBHOOK',
      readStartedAt: at(this.#second + 100),
    });
    return records.map(idOf);
  }

  /** The user who has a name. */
  async idOf(name: string, source: SourceId = alpha): Promise<string> {
    const [user] = await this.#store.readUsersByIdentity([{ source, externalId: name }], SEES_ALL);
    if (user == null) throw new Error(`Nobody is called ${name}.`);
    return user.id;
  }

  async grant(partner: string, ...userIds: readonly string[]): Promise<void> {
    await this.#store.grants.grant(
      userIds.map((value) => ({ partner, kind: 'USER', value })),
      'test',
    );
  }

  async revoke(partner: string, value: string): Promise<void> {
    await this.#store.grants.revoke({ partner, kind: 'USER', value });
  }
}
