import { setTimeout as delay } from 'node:timers/promises';

const LOOK_EVERY_MS = 25;

/** Waits until `look` gives something other than null or false. @throws Error with `what` after the deadline */
export async function until<Value>(
  what: string,
  look: () => Promise<Value | null | false> | Value | null | false,
  deadlineMs = 15_000,
): Promise<Value> {
  const endsAt = performance.now() + deadlineMs;
  for (;;) {
    const value = await look();
    if (value !== null && value !== false) return value;
    if (performance.now() > endsAt) throw new Error(`Waited too long until ${what}.`);
    await delay(LOOK_EVERY_MS);
  }
}
