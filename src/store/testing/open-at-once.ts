/**
 * A process that opens the store of a URL as soon as a line comes in, and says its id. Two of them start on an empty
 * database at once (postgres.test.ts).
 */
import { once } from 'node:events';
import { createInterface } from 'node:readline';

import { openPostgresStore } from '#store/open-store';

const [url = ''] = process.argv.slice(2);
const input = createInterface({ input: process.stdin });
process.stdout.write('ready\n');
await once(input, 'line');
const store = await openPostgresStore(url, {
  policy: 'strict',
  secretKey: new Uint8Array(32).fill(7),
  sandbox: false,
});
process.stdout.write(`${store.id}\n`);
await store.close();
input.close();
