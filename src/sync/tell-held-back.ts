import type { SourceId } from '#kyc/source-id';
import type { Logger } from '#log';
import type { HeldBack } from '#store/scans/confirmation';

/** Says once of each scan that holds deletions back, and of each process, what an operator has to decide, and how. */
export function createHeldBackTeller(source: SourceId, log: Logger): (heldBack: HeldBack | null) => void {
  let toldScan: number | null = null;
  return (heldBack) => {
    if (heldBack !== null && heldBack.scan !== toldScan) {
      const { scan, records, of } = heldBack;
      log.warn(
        `Two complete scans did not see ${records} of ${of} records; none is deleted unasked. If the source did delete them: kyc-gateway scans confirm ${source} --scan ${scan}`,
        { source, code: 'DELETIONS_HELD_BACK', count: records },
      );
    }
    toldScan = heldBack?.scan ?? null;
  };
}
