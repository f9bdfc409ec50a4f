import { setTimeout as delay } from 'node:timers/promises';

/** The answer, or 'LATE' when it is not there in time; what comes of it later is then nobody's concern. */
export async function within<Value>(answer: Promise<Value>, waitMs: number): Promise<Value | 'LATE'> {
  const stop = new AbortController();
  try {
    return await Promise.race([answer, delay(waitMs, 'LATE' as const, { signal: stop.signal, ref: false })]);
  } finally {
    stop.abort();
    answer.catch(() => undefined);
  }
}
