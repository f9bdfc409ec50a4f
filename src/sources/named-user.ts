import { z } from 'zod';

import { wireReference } from '#upstream/wire-values';

import { type EventRead, hintAt, isObject, parseEvent, unusable } from './webhooks.ts';

const reference = z.object({ name: wireReference });

/** The text of a field that names a user, on the event itself or within its `data`; null where there is none. */
export function namedIn(event: Readonly<Record<string, unknown>>, field: string): string | null {
  for (const place of [event, event['data']]) {
    if (!isObject(place)) continue;
    const read = reference.safeParse({ name: place[field] });
    if (read.success && read.data.name !== null) return read.data.name;
  }
  return null;
}

/**
 * Events of a source that documents none, as whoever stands in front of the gateway sends them: any JSON object, which
 * may name the user whose records changed, by the source's own name of that field.
 */
export function readNamedUser(text: string, field: string): EventRead {
  const parsed = parseEvent(text);
  if (parsed.event === null) return unusable(parsed.unusable);
  return hintAt({ externalUserId: namedIn(parsed.event, field) });
}
