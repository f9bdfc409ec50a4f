import { type Instant, millisecondsBetween } from '#kyc/instant';
import type { ApiKeys } from '#store/api-keys/api-keys';

const NOTE_AFTER_MS = 3_600_000;

/** Notes in the background that a key was used; nobody waits for it, and nobody hears when it fails. */
export type NoteUse = (use: { id: string; lastUsedAt: Instant | null; at: Instant }) => void;

/** At most one note of a key is on its way, however many requests come with it at once. */
export function createNoteUse(keys: Pick<ApiKeys, 'noteUse'>): NoteUse {
  const underway = new Set<string>();
  return ({ id, lastUsedAt, at }) => {
    const isFresh = lastUsedAt !== null && millisecondsBetween(lastUsedAt, at) < NOTE_AFTER_MS;
    if (isFresh || underway.has(id)) return;
    underway.add(id);
    keys
      .noteUse(id)
      .catch(() => {})
      .finally(() => underway.delete(id));
  };
}
