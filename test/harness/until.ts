import { setTimeout as delay } from 'node:timers/promises';

const LOOK_EVERY_MS = 25;
/** A look that asks the gateway for much would leave it little time to get there: it rests for so many times as long. */
const REST = 3;
const MOST_REST_MS = 400;

/** Waits until `look` gives something other than null or false. @throws Error with `what` after the deadline */
export async function until<Value>(
  what: string,
  look: () => Promise<Value | null | false> | Value | null | false,
  deadlineMs = 15_000,
): Promise<Value> {
  const endsAt = performance.now() + deadlineMs;
  for (;;) {
    const lookedAt = performance.now();
    const value = await look();
    if (value !== null && value !== false) return value;
    if (performance.now() > endsAt) throw new Error(`Waited too long until ${what}.`);
    const tookMs = performance.now() - lookedAt;
    await delay(Math.min(Math.max(LOOK_EVERY_MS, REST * tookMs), MOST_REST_MS));
  }
}
