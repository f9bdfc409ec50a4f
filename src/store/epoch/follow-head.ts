import type { Bell } from '#store/bell';
import { readEnds } from '#store/changes/log-ends';
import type { Database } from '#store/database';

const NOTED_EVERY_MS = 5000;

/** Notes where the log ends, some seconds after it grew. Returns how to stop, which notes it once more. */
export function followHead({ read, logPlace }: Database, bell: Bell): () => Promise<void> {
  let timer: NodeJS.Timeout | null = null;
  // Of no more use than to notice one that is put back: nothing fails for it.
  const note = async () => {
    timer = null;
    try {
      await logPlace.noteHead((await readEnds(read)).head);
    } catch {}
  };
  const unlisten = bell.listen(() => {
    timer ??= setTimeout(() => void note(), NOTED_EVERY_MS).unref();
  });
  return async () => {
    unlisten();
    if (timer === null) return;
    clearTimeout(timer);
    await note();
  };
}
