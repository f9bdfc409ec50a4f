import { OpenStreams } from './open-streams.ts';
import { CallerPlaces } from './places.ts';
import { LISTENER_TIMES, type ListenerTimes } from './slow-reader.ts';

export const SUBSCRIPTIONS_PER_CALLER = 100;

/** What the subscriptions of a server share, whatever they come by. */
export interface Listeners {
  /** Of subscriptions, over all that a caller came by. */
  readonly places: CallerPlaces;
  /** Server-sent events, a connection each. */
  readonly eventStreams: OpenStreams;
  /** WebSockets, each with as many operations as its caller has places. */
  readonly webSockets: OpenStreams;
  readonly times: ListenerTimes;
}

export function createListeners(
  perCaller = SUBSCRIPTIONS_PER_CALLER,
  times: Partial<ListenerTimes> = {},
): Listeners {
  return {
    places: new CallerPlaces(perCaller),
    eventStreams: new OpenStreams(),
    webSockets: new OpenStreams(),
    times: { ...LISTENER_TIMES, ...times },
  };
}
