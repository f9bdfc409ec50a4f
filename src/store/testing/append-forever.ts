/**
 * A process to be killed: appends two acts at a time to the audit of the store at a place (JSON), several appends under
 * way at once, and says the number of each once it is committed. Run by audit-chain.test.ts.
 */
import { openPostgresStore, openStore } from '#store/open-store';
import type { StorePlace } from '#store/read-beside';

const [word = '', actor = ''] = process.argv.slice(2);
const place = JSON.parse(word) as StorePlace;
const options = { policy: 'strict', secretKey: new Uint8Array(32).fill(7), sandbox: false } as const;
const store =
  'url' in place ? await openPostgresStore(place.url, options) : await openStore(place.folder, options);

const act = { action: 'READ_CLEAR', userId: null, fields: ['Person.email'], decision: 'ALLOWED' };
let last = 0;
async function appendForever(): Promise<never> {
  for (;;) {
    last += 1;
    const reason = String(last);
    await store.audit.append({ actor, kind: 'ANALYST', requestId: reason }, [
      { ...act, reason },
      { ...act, reason },
    ]);
    process.stdout.write(`${reason}\n`);
  }
}
await Promise.all([1, 2, 3].map(appendForever));
