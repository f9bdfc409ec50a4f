import type { SourceId } from '#kyc/source-id';
import type { Source } from '#sources/source';
import type { DeliveryProof, SourceWebhooks, WebhookDelivery } from '#sources/webhooks';
import type { Store } from '#store/store';
import type { ToldEvent } from '#store/webhook-events/webhook-events';

/** A batch of more events than these is put aside whole. */
const MOST_EVENTS = 1000;

interface Entrance {
  readonly id: SourceId;
  readonly proves: DeliveryProof;
  readonly webhooks: SourceWebhooks;
}

/** Takes what sources tell by themselves: proved, stored, and worked on afterwards. */
export class WebhookIntake {
  readonly #store: Store;
  readonly #entrances: ReadonlyMap<string, Entrance>;
  readonly #onTaken: (source: SourceId) => void;

  /** @param onTaken called when something of a source is stored */
  constructor(store: Store, sources: readonly Source[], onTaken: (source: SourceId) => void) {
    this.#store = store;
    this.#onTaken = onTaken;
    this.#entrances = new Map(
      sources.flatMap(({ descriptor: { id }, webhooks }): [string, Entrance][] => {
        const proves = webhooks?.proves ?? null;
        return webhooks === undefined || proves === null
          ? []
          : [[id.toLowerCase(), { id, proves, webhooks }]];
      }),
    );
  }

  /** @param name a source's id in lower case */
  takes(name: string): boolean {
    return this.#entrances.has(name);
  }

  /**
   * False when the signature is not that of the source, which is looked at before anything of the body. True when all
   * events are stored, those too that are of no use.
   * @throws StoreUnavailableError when they are not
   */
  async take(name: string, delivery: Omit<WebhookDelivery, 'nowMs'>): Promise<boolean> {
    const entrance = this.#entrances.get(name);
    if (entrance === undefined || !entrance.proves({ ...delivery, nowMs: Date.now() })) return false;
    const body = new TextDecoder().decode(delivery.body);
    await this.#store.webhookEvents.keep(entrance.id, eventsOf(entrance.webhooks, body));
    this.#onTaken(entrance.id);
    return true;
  }
}

function eventsOf({ split, read }: SourceWebhooks, body: string): readonly ToldEvent[] {
  const texts = split(body);
  return (texts.length > MOST_EVENTS ? [body] : texts).map((text) => ({
    text,
    externalUserId: read(text).hint?.externalUserId ?? null,
  }));
}
