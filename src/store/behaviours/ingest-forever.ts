/**
 * A process to be killed: takes batches of 50 records into the store of the folder named, one after the other, and says
 * each number once it is in. Run by sqlite.test.ts.
 */
import { openStore } from '#store/open-store';

import { aRecord, at, take } from './records.ts';

const [folder = ''] = process.argv.slice(2);
const store = await openStore(folder, {
  policy: 'strict',
  secretKey: new Uint8Array(32).fill(7),
  sandbox: false,
});
process.stdout.write('open\n');
for (let batch = 0; ; batch += 1) {
  const records = Array.from({ length: 50 }, (_, index) =>
    aRecord({ externalId: `${batch}-${index}`, externalUserId: `user-${batch}-${index}` }),
  );
  await take(store, records, { readStartedAt: at(batch % 3600), identitiesRead: [] });
  process.stdout.write(`${batch}\n`);
}
