import type { SourceFailure } from '#kyc/source-report';
import type { Logger } from '#log';
import type { Source } from '#sources/source';
import type { Store } from '#store/store';
import { SourceError } from '#upstream/source-error';

import { Backoff } from './backoff.ts';
import { Loop } from './loop.ts';
import { scan } from './scan.ts';
import { createScanProgress } from './scan-progress.ts';
import { createHeldBackTeller } from './tell-held-back.ts';

/** A list that shifted while it was read is read again at once, this often, before the source is left PARTIAL. */
const RESCANS = 2;

/** Keeps the store in step with a source that can be listed: whole scans, one after the other, at its pace. */
export function createScanWorker(store: Store, source: Source, log: Logger): Loop {
  const { id } = source.descriptor;
  const backoff = new Backoff();
  const tellHeldBack = createHeldBackTeller(id, log);
  let rescans = 0;
  // A look for open records that fails, and may fail for ever, must not keep the whole list from being read.
  let openFirst = true;

  return new Loop(async (signal) => {
    const startedMs = performance.now();
    try {
      const progress = await createScanProgress(store, id, log);
      const onPage = progress.onPage.bind(progress);
      const outcome = await scan(store, source, { signal, onPage, openFirst });
      backoff.succeeded();
      progress.onEnd(outcome);
      if (outcome.complete) tellHeldBack(outcome.heldBack);
      openFirst = false;
      rescans = outcome.complete ? 0 : rescans + 1;
      if (rescans > 0 && rescans <= RESCANS) return 0;
      rescans = 0;
      return Math.max(0, source.pace.scanEveryMs - (performance.now() - startedMs));
    } catch (error) {
      if (signal.aborted) return 0;
      if (!(error instanceof SourceError)) throw error;
      openFirst = false;
      return failed(error.toFailure(), backoff.failed(error));
    }
  }, log);

  async function failed(failure: SourceFailure, waitMs: number): Promise<number> {
    log.warn('A scan failed; it goes on where it stopped.', {
      source: id,
      code: failure.code,
      durationMs: Math.round(waitMs),
    });
    await store.noteFailure(id, failure);
    return waitMs;
  }
}
