import type { ApiKeys } from '#store/api-keys/api-keys';

/** Whether everybody is the operator still. Once it says no, it never says yes again. */
export type Openness = () => Promise<boolean>;

const LOOK_EVERY_MS = 1000;

/**
 * Open until the store has an API key, which another process may make at any time; looked for at most once a second.
 * While the store cannot be asked, what it said last holds: nothing can be read from it then.
 */
export function openUntilKeysExist(keys: Pick<ApiKeys, 'exist'>): Openness {
  let isOpen = true;
  let lookedAtMs = Number.NEGATIVE_INFINITY;
  let looking: Promise<void> | null = null;
  const look = async () => {
    try {
      if (await keys.exist()) isOpen = false;
    } catch {
      // It stays as it was.
    } finally {
      lookedAtMs = performance.now();
      looking = null;
    }
  };
  return async () => {
    if (isOpen && performance.now() - lookedAtMs >= LOOK_EVERY_MS) await (looking ??= look());
    return isOpen;
  };
}

export const NEVER_OPEN: Openness = () => Promise.resolve(false);
/** Of a store that no other process can write to: what it held at the start is what it holds. */
export const ALWAYS_OPEN: Openness = () => Promise.resolve(true);
