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
import { subjectsOf } from '#kyc/verification';
import type { Source, SourceDescriptor } from '#sources/source';
import type { ScanState } from '#store/store';

import type { RequestReads } from './checked-reads.ts';
import type { LoaderDeps } from './deps.ts';
import { loadListReport } from './list-report.ts';
import { askOnce } from './live-reader.ts';
import type { Loaders, SourceInfo, UserAnswer, UserVerifications } from './loaders.ts';
import { type RecordReading, type RecordRef, readByExternalId, readById } from './record-reader.ts';
import type { SightCheck } from './sight-check.ts';
import { failureOf, SourceUnansweredError } from './source-failure.ts';
import { loadSourceInfo } from './source-info.ts';
import { createStoreLoaders } from './store-loaders.ts';
import { loadUserPart } from './user-part.ts';

/** Makes the loaders of one request, for what its caller may see. */
export function createLoaders(deps: LoaderDeps, reads: RequestReads): Loaders {
  return new RequestLoaders(deps, reads);
}

class RequestLoaders implements Loaders {
  readonly #deps: LoaderDeps;
  readonly #check: SightCheck;
  readonly #reading: RecordReading;
  readonly #scans = new Map<SourceId, Promise<ScanState>>();
  /** By user id: the strongest freshness that any field of this request asked for. */
  readonly #asked = new Map<string, Freshness>();
  #reports: Promise<readonly SourceReport[]> | null = null;

  constructor(deps: LoaderDeps, { store, check }: RequestReads) {
    this.#deps = deps;
    this.#check = check;
    this.#reading = {
      deps,
      check,
      stored: createStoreLoaders(store, check.sight),
      reader: askOnce(deps.live),
      // Who does not see a source whole does not make it be asked about what may be another's.
      mayAskAboutStrangers: (source) => seesSource(check.sight, source),
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

  async verificationsOfUser(given: User, freshness: Freshness): Promise<UserVerifications> {
    this.#asked.set(given.id, strongest(freshness, this.#asked.get(given.id) ?? freshness));
    const held = await this.#reading.stored.verificationsOfUsers.load(given.id);
    const [user = null] = await this.#check.usersSeen([given]);
    if (user === null) return { verifications: [], reports: [] };
    const isWhole = await this.#check.seesWhole(user.id);
    const copies = isWhole ? held : held.filter((copy) => countsFor(user, copy));
    // By now the fields beside this one have said what they want.
    const asked = freshness === 'STORED' ? freshness : (this.#asked.get(user.id) ?? freshness);
    const parts = await Promise.all(
      this.#sourcesOf(user, isWhole).map(async (source) =>
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
    const seen = new Set(await this.#check.recordsSeen(verifications.filter(({ via }) => via === 'LIVE')));
    return {
      verifications: verifications
        .filter((known) => known.via === 'STORE' || seen.has(known))
        .toSorted((one, other) => (one.id < other.id ? -1 : 1)),
      reports: parts.map((part) => part.report),
    };
  }

  async answerOfUser(user: User, freshness: Freshness): Promise<UserAnswer> {
    const known = await this.verificationsOfUser(user, freshness);
    const contributions = known.verifications.flatMap((copy) => contributionsOf(copy, user.identities));
    return { ...known, answer: rollUp(contributions, this.#deps.policy, dayOf(now())) };
  }

  async sourcesOfUser(user: User): Promise<readonly SourceId[]> {
    const sources = this.#sourcesOf(user, await this.#check.seesWhole(user.id));
    return sources.map(({ descriptor }) => descriptor.id);
  }

  reportsOfLists(): Promise<readonly SourceReport[]> {
    const sources = this.#deps.sources.filter(({ descriptor }) => mayHold(this.#check.sight, descriptor));
    this.#reports ??= Promise.all(sources.map((source) => loadListReport(this.#deps.store, source)));
    return this.#reports;
  }

  sourceInfos(): Promise<readonly SourceInfo[]> {
    const seen = this.#deps.descriptors.filter(({ id }) => seesSource(this.#check.sight, id));
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

  /** Of a user who is not seen whole only the sources by which they are seen. */
  #sourcesOf(user: User, isWhole: boolean): readonly Source[] {
    const names = new Set(user.identities.map(({ source }) => source));
    return this.#deps.sources.filter(
      ({ descriptor: { id } }) => isWhole || seesSource(this.#check.sight, id) || names.has(id),
    );
  }

  #source(id: SourceId): Source | undefined {
    return this.#deps.sources.find(({ descriptor }) => descriptor.id === id);
  }

  #scan(source: Source): Promise<ScanState> {
    const { id } = source.descriptor;
    const state = this.#scans.get(id) ?? this.#deps.store.scanState(id);
    this.#scans.set(id, state);
    return state;
  }
}

/** True when a record counts for an identity of the user that the caller sees. */
function countsFor({ identities }: User, known: KnownVerification): boolean {
  const names = new Set(
    identities.filter(({ source }) => source === known.source).map(({ externalId }) => externalId),
  );
  return subjectsOf(known).some(({ externalUserId }) => names.has(externalUserId));
}

/** True for a source that may hold anything that the caller sees. */
function mayHold(sight: Sight, { id, kind }: SourceDescriptor): boolean {
  if (seesSource(sight, id) || sight === 'ALL') return true;
  const { users, partner, businessAccounts } = sight;
  if (users.length > 0 || partner !== null) return true;
  return kind === 'IDV_APPLICATION' && businessAccounts.length > 0;
}
