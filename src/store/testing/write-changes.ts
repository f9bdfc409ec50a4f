/**
 * A process that writes to the store of a URL as fast as it can, several transactions at once, each of a few new records:
 * two rows of the log a record. Says at the end what was written and refused. Run by two-writers.ts.
 */
import type { Instant } from '#kyc/instant';
import { aRecord, at, take } from '#store/behaviours/records';
import { openPostgresStore } from '#store/open-store';

const [url = '', name = '', wanted = '', firstYear = ''] = process.argv.slice(2);
const AT_ONCE = 4;
const LARGEST = 40;

const store = await openPostgresStore(url, {
  policy: 'strict',
  secretKey: new Uint8Array(32).fill(7),
  sandbox: false,
});
let next = 0;
const told = { written: 0, refused: 0 };

/**
 * Large and small transactions, so that one that began first often ends last. Each lane has a year of its own: the counts
 * that the database keeps by day would hold the others up, and nothing but the append lock is to do that here.
 */
async function write(year: number): Promise<void> {
  const createdAt = `${year}-01-01T00:00:00.000000000Z` as Instant;
  while (next < Number(wanted)) {
    const from = next;
    next += Math.min(Number(wanted) - from, 1 + ((from * 7) % LARGEST));
    const records = Array.from({ length: next - from }, (_, index) => {
      const id = `${name}-${from + index}`;
      return aRecord({ externalId: id, externalUserId: id, createdAt });
    });
    try {
      await take(store, records, { learntBy: 'READ', readStartedAt: at(1) });
      told.written += records.length;
    } catch {
      told.refused += records.length;
    }
  }
}
process.stdout.write('ready\n');
process.stdin.once('data', () => {
  void Promise.all(Array.from({ length: AT_ONCE }, (_, lane) => write(Number(firstYear) + lane))).then(
    async () => {
      process.stdout.write(`${JSON.stringify(told)}\n`);
      process.stdin.pause();
      await store.close();
    },
  );
});
