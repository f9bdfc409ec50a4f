import { readNamedUser } from '#sources/named-user';
import type { EventRead } from '#sources/webhooks';

/** No events are documented: what a proxy sends in the source's name says, at most, whose records changed. */
export function readEvent(text: string): EventRead {
  return readNamedUser(text, 'externalId');
}
