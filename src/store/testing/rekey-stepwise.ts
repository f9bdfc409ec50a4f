/**
 * A process to be killed: seals anew the store of the folder or URL named, says after each batch how many rows are left,
 * and goes on when a line comes in. Run by rekey-kills.test.ts.
 */
import { readSync } from 'node:fs';

import { openPostgresStore, openStore } from '#store/open-store';

const [place = '', present = '', old = ''] = process.argv.slice(2);
const key = (byte: string) => new Uint8Array(32).fill(Number(byte));
const options = { policy: 'strict', secretKey: key(present), oldKeys: [key(old)], sandbox: false } as const;
const store = await (place.startsWith('postgres:')
  ? openPostgresStore(place, options)
  : openStore(place, options));
await store.upkeep.rekey(({ left }) => {
  process.stdout.write(`${left}\n`);
  readSync(0, new Uint8Array(1));
});
await store.close();
