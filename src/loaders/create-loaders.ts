import { contributionsOf } from '#kyc/contribution';
import { type Freshness, strongest } from '#kyc/freshness';
import { decodeId } from '#kyc/id';
import { dayOf, now } from '#kyc/instant';
import type { KnownVerification } from '#kyc/known-verification';
import { rollUp } from '#kyc/roll-up';
import { type Sight, seesSource } from '#kyc/sight';
import type { SourceId } from '#kyc/source-id';
import { lackOf, type SourceReport } from '#kyc/source-report';
import type { IdentityRef, User } from '#kyc/user';
import type { Source } from '#sources/source';
import type { ScanState } from '#store/store';

import type { LoaderDeps } from './deps.ts';
import { loadListReport } from './list-report.ts';
import { askOnce } from './live-reader.ts';
import type { Loaders, SourceInfo, UserAnswer, UserVerifications } from './loaders.ts';
import { type RecordReading, type RecordRef, readByExternalId, readById } from './record-reader.ts';
import { failureOf, SourceUnansweredError } from './source-failure.ts';
import { loadSourceInfo } from './source-info.ts';
import { createStoreLoaders } from './store-loaders.ts';
import { loadUserPart } from './user-part.ts';

/** Makes the loaders of one request, for what its caller may see. */
export function createLoaders(deps: LoaderDeps, sight: Sight): Loaders {
  return new RequestLoaders(deps, sight);
}

class RequestLoaders implements Loaders {
  readonly #deps: LoaderDeps;
  readonly #sight: Sight;
  readonly #reading: RecordReading;
  readonly #scans = new Map<SourceId, Promise<ScanState>>();
  /** By user id: the strongest freshness that any field of this request asked for. */
  readonly #asked = new Map<string, Freshness>();
  #reports: Promise<readonly SourceReport[]> | null = null;

  constructor(deps: LoaderDeps, sight: Sight) {
    this.#deps = deps;
    this.#sight = sight;
    this.#reading = {
      deps,
      sources: deps.sources.filter(({ descriptor }) => seesSource(sight, descriptor.id)),
      stored: createStoreLoaders(deps.store, sight),
      reader: askOnce(deps.live),
      // Who does not see a source whole makes it not be asked about what may be another's.
      mayAskAboutStrangers: (source) => seesSource(sight, source),
    };
  }

  async user(id: string): Promise<User | null> {
    return decodeId(id)?.type === 'User' ? this.#reading.stored.users.load(id) : null;
  }

  async userByIdentity(ref: IdentityRef, freshness: Freshness): Promise<User | null> {
    const { stored, mayAskAboutStrangers } = this.#reading;
    const known = await stored.usersByIdentity.load(ref);
    if (known !== null || freshness === 'STORED' || !mayAskAboutStrangers(ref.source)) return known;
    if (this.#source(ref.source)?.descriptor.ask !== 'by-user') return null;
    return (await this.#learnStranger(ref)) ? stored.usersByIdentity.clear(ref).load(ref) : null;
  }

  verification(id: string, freshness: Freshness): Promise<KnownVerification | null> {
    return readById(this.#reading, id, freshness);
  }

  verificationByExternalId(ref: RecordRef, freshness: Freshness): Promise<KnownVerification | null> {
    return readByExternalId(this.#reading, ref, freshness);
  }

  async verificationsOfUser(user: User, freshness: Freshness): Promise<UserVerifications> {
    this.#asked.set(user.id, strongest(freshness, this.#asked.get(user.id) ?? freshness));
    const copies = await this.#reading.stored.verificationsOfUsers.load(user.id);
    // By now the fields beside this one have said what they want.
    const asked = freshness === 'STORED' ? freshness : (this.#asked.get(user.id) ?? freshness);
    const parts = await Promise.all(
      this.#reading.sources.map(async (source) =>
        loadUserPart(
          {
            source,
            user,
            freshness: asked,
            copies: copies.filter((copy) => copy.source === source.descriptor.id),
            scan: source.fetchPage === undefined ? null : await this.#scan(source),
            readWaitMs: this.#deps.readWaitMs,
            mayAskAboutStrangers: this.#reading.mayAskAboutStrangers(source.descriptor.id),
          },
          this.#reading.reader,
        ),
      ),
    );
    const ofSwitchedOff = copies.filter((copy) => this.#source(copy.source) === undefined);
    const verifications = [...parts.flatMap((part) => part.verifications), ...ofSwitchedOff];
    return {
      verifications: verifications.toSorted((one, other) => (one.id < other.id ? -1 : 1)),
      reports: parts.map((part) => part.report),
    };
  }

  async answerOfUser(user: User, freshness: Freshness): Promise<UserAnswer> {
    const known = await this.verificationsOfUser(user, freshness);
    const contributions = known.verifications.flatMap((copy) => contributionsOf(copy, user.identities));
    return { ...known, answer: rollUp(contributions, this.#deps.policy, dayOf(now())) };
  }

  reportsOfLists(): Promise<readonly SourceReport[]> {
    const { sources } = this.#reading;
    this.#reports ??= Promise.all(sources.map((source) => loadListReport(this.#deps.store, source)));
    return this.#reports;
  }

  sourceInfos(): Promise<readonly SourceInfo[]> {
    const seen = this.#deps.descriptors.filter(({ id }) => seesSource(this.#sight, id));
    return Promise.all(seen.map((descriptor) => loadSourceInfo(this.#deps, descriptor)));
  }

  /** Only the source can say who this is, and only records make a user. False: it whole says that there are none. */
  async #learnStranger({ source, externalId }: IdentityRef): Promise<boolean> {
    const live = await this.#reading.reader.fetchIdentity(source, externalId).catch((error: unknown) => {
      throw new SourceUnansweredError(failureOf(error));
    });
    if (live.read.records.length > 0) {
      await live.learnt;
      return true;
    }
    const lack = lackOf(live.read);
    if (lack !== null) throw new SourceUnansweredError(lack);
    return false;
  }

  #source(id: SourceId): Source | undefined {
    return this.#reading.sources.find(({ descriptor }) => descriptor.id === id);
  }

  #scan(source: Source): Promise<ScanState> {
    const { id } = source.descriptor;
    const state = this.#scans.get(id) ?? this.#deps.store.scanState(id);
    this.#scans.set(id, state);
    return state;
  }
}
