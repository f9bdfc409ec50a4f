/** Tells listeners in this process that the log grew; carries nothing. */
export interface Bell {
  ring(): void;
  /** Returns how to stop. */
  listen(listener: () => void): () => void;
}

export function createBell(): Bell {
  const listeners = new Set<{ ring: () => void }>();
  return {
    ring() {
      for (const listener of listeners) listener.ring();
    },
    listen(ring) {
      const listener = { ring };
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}
