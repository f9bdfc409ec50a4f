import { millisecondsBetween } from '#kyc/instant';
import type { Logger } from '#log';
import type { Source } from '#sources/source';
import type { EventRead } from '#sources/webhooks';
import { StoreUnavailableError } from '#store/database';
import type { Store } from '#store/store';
import type {
  EventOutcome,
  PutAsideReason,
  SettledEvent,
  TakenEvent,
} from '#store/webhook-events/webhook-events';
import { SourceError } from '#upstream/source-error';

import { canAskForUser } from './fetch-identity.ts';
import { learnTogether } from './learn.ts';
import { Loop } from './loop.ts';
import { Together } from './together.ts';
import { outcomeAfter, outcomeOfScan, outcomeWhenUnknown, waitMs } from './webhook-outcome.ts';
import { type Question, questionOf, type RecordRead, readAfterHint, type Told } from './webhook-read.ts';

/** Questions that are asked at once. */
const AT_ONCE = 16;
/** A gateway that died holds its events for so long beyond one call. */
const LEASE_BEYOND_CALL_MS = 5000;
/** What another gateway left behind, and what waits, is looked for this often. */
const LOOK_MS = 1000;

/** Events that lead to one question. */
interface Inquiry {
  readonly question: Question;
  readonly events: readonly TakenEvent[];
  readonly told: readonly Told[];
}

/** Works on what one source told: looks there, and is done with an event when what it led to is in the store. */
export class WebhookWorker {
  readonly #store: Store;
  readonly #source: Source;
  readonly #log: Logger;
  readonly #bringForward: () => void;
  readonly #loop: Loop;
  readonly #closing = new AbortController();
  readonly #underway = new Set<Promise<void>>();
  readonly #reads: Together<RecordRead>;
  readonly #settled: Together<SettledEvent>;

  /** @param bringForward lets the next whole scan of the source come sooner */
  constructor(store: Store, source: Source, log: Logger, bringForward: () => void) {
    this.#store = store;
    this.#source = source;
    this.#log = log;
    this.#bringForward = bringForward;
    this.#loop = new Loop(() => this.#look(), log);
    const occasion = { source, learntBy: 'WEBHOOK', scan: null } as const;
    this.#reads = new Together(
      async (reads) => void (await learnTogether(store, { ...occasion, reads })),
      ({ record }) => record,
    );
    this.#settled = new Together(
      (settled) => store.webhookEvents.settle(settled),
      ({ event }) => event.id,
    );
  }

  start(): void {
    this.#loop.start();
  }

  /** Something was told just now. */
  wake(): void {
    this.#loop.bringForward(0);
  }

  /** Gives up on a source that has not answered yet; its events are due again at once. */
  async stop(): Promise<void> {
    await this.#loop.stop();
    this.#closing.abort(new SourceError('SOURCE_UNREACHABLE', 'The gateway is closing.'));
    await Promise.all(this.#underway);
  }

  /** Takes as many as there is room for, and waits for none of them: one that is slow holds no other up. */
  async #look(): Promise<number> {
    if (!canAskForUser(this.#source)) await this.#scanSooner();
    const room = AT_ONCE - this.#underway.size;
    if (room === 0) return LOOK_MS;
    const leaseMs = this.#source.pace.timeoutMs + LEASE_BEYOND_CALL_MS;
    const { id } = this.#source.descriptor;
    const taken = await this.#store.webhookEvents.take(id, { limit: room, leaseMs });
    for (const inquiry of await this.#sort(taken)) this.#begin(inquiry);
    return LOOK_MS;
  }

  /** Of several gateways one scans, and it may not be the one that was told: each looks by itself. */
  async #scanSooner(): Promise<void> {
    const { id } = this.#source.descriptor;
    const newest = await this.#store.webhookEvents.newestWaiting(id);
    if (newest === null) return;
    const { running, startedAt, completedStartedAt } = await this.#store.scanState(id);
    // A scan that was begun later has heard of it, or will have.
    const covering = running ? startedAt : completedStartedAt;
    if (covering !== null && covering > newest) return;
    this.#bringForward();
  }

  #begin(inquiry: Inquiry): void {
    const work = this.#work(inquiry).finally(() => {
      this.#underway.delete(work);
      // Few are left: the next are taken together.
      if (this.#underway.size <= AT_ONCE / 2) this.wake();
    });
    this.#underway.add(work);
  }

  /** Puts what leads nowhere aside; the others are given by what has to be asked. */
  async #sort(taken: readonly TakenEvent[]): Promise<readonly Inquiry[]> {
    const asked: { event: TakenEvent; question: Question; told: readonly Told[] }[] = [];
    for (const event of taken) {
      const { hint, unusable } = this.#read(event);
      const question = hint === null ? null : questionOf(this.#source, hint);
      if (hint === null) await this.#settle({ event, outcome: putAside(unusable) });
      else if (question === null) await this.#settle({ event, outcome: putAside('NAMES_NOBODY') });
      else {
        const told = hint.told === null ? [] : [{ told: hint.told, isRepeated: event.repeated }];
        asked.push({ event, question, told });
      }
    }
    const groups = Map.groupBy(asked, ({ question }) => JSON.stringify(question));
    return [...groups.values()].flatMap((group) => {
      const [first] = group;
      if (first === undefined) return [];
      const events = group.map(({ event }) => event);
      return [{ question: first.question, events, told: group.flatMap(({ told }) => told) }];
    });
  }

  /** What is left of an event about somebody who was erased still says whom to read. */
  #read({ text, externalUserId }: TakenEvent): EventRead | { hint: null; unusable: PutAsideReason } {
    const { webhooks } = this.#source;
    if (text !== null && webhooks !== undefined) return webhooks.read(text);
    return externalUserId === null
      ? { hint: null, unusable: 'NOT_OPENED' }
      : { hint: { externalUserId, externalId: null, told: null }, unusable: null };
  }

  /** Never throws: what the store cannot take now comes back when the lease is over. */
  async #work(inquiry: Inquiry): Promise<void> {
    try {
      const outcomes = await this.#outcomes(inquiry);
      await Promise.all(outcomes.map((settled) => this.#settle(settled)));
    } catch (error) {
      this.#log.error('An event of a webhook could not be worked on; it comes back.', {
        source: this.#source.descriptor.id,
        error,
      });
    }
  }

  async #outcomes({ question, events, told }: Inquiry): Promise<readonly SettledEvent[]> {
    const each = (outcomeOf: (event: TakenEvent) => EventOutcome) =>
      events.map((event) => ({ event, outcome: outcomeOf(event) }));
    const at = await this.#store.now();
    const ageMs = ({ receivedAt }: TakenEvent) => millisecondsBetween(receivedAt, at);
    if (question.ask === 'SCAN') {
      const state = await this.#store.scanState(this.#source.descriptor.id);
      const outcomes = each((event) => outcomeOfScan(event, ageMs(event), state, this.#source.pace));
      if (outcomes.some(({ outcome }) => outcome.state === 'WAITING')) await this.#scanSooner();
      return outcomes;
    }
    try {
      const { signal } = this.#closing;
      const keep = (read: RecordRead) => this.#reads.add(read);
      const isThere = await readAfterHint(this.#store, this.#source, question, { told, signal, keep });
      return each((event) => (isThere ? { state: 'DONE' } : outcomeWhenUnknown(event)));
    } catch (error) {
      if (this.#closing.signal.aborted) return each(() => ({ state: 'WAITING', forMs: 0 }));
      if (error instanceof StoreUnavailableError) throw error;
      if (error instanceof SourceError)
        return each((event) => outcomeAfter(error, event, ageMs(event), this.#source.descriptor.ask));
      this.#log.error('An event of a webhook failed.', { source: this.#source.descriptor.id, error });
      return each((event) => outcomeOfFault(event));
    }
  }

  async #settle(settled: SettledEvent): Promise<void> {
    await this.#settled.add(settled);
    this.#tell(settled.outcome);
  }

  #tell(outcome: EventOutcome): void {
    if (outcome.state !== 'PUT_ASIDE') return;
    const { id } = this.#source.descriptor;
    this.#log.warn('An event of a webhook was put aside (kyc-gateway webhooks list).', {
      source: id,
      code: outcome.reason,
    });
  }
}

function putAside(reason: PutAsideReason): EventOutcome {
  return { state: 'PUT_ASIDE', reason };
}

const MOST_FAULTS = 8;

/** A fault of ours: not for ever, and not lost. */
function outcomeOfFault({ attempts }: TakenEvent): EventOutcome {
  return attempts < MOST_FAULTS ? { state: 'WAITING', forMs: waitMs(attempts) } : putAside('NEVER_ENDED');
}
