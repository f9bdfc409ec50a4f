import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { expect, test } from 'vitest';

import { ALPHA } from '#store/behaviours/records';
import { openStore } from '#store/open-store';

import { runCommand, runProcess } from './testing/run-command.ts';

const SECRET_KEY = new Uint8Array(32).fill(7);
const OPTIONS = { policy: 'strict', secretKey: SECRET_KEY, sandbox: false } as const;
const SETTINGS = {
  FINX_URL: 'https://finx.example',
  FINX_TOKEN: 'x',
  KYC_SECRET_KEY: Buffer.from(SECRET_KEY).toString('base64'),
};

const around = (environment: Readonly<Record<string, string>>) => ({
  environment: { ...SETTINGS, ...environment },
});
const webhooks = (environment: Readonly<Record<string, string>>, ...args: readonly string[]) =>
  runCommand(['webhooks', ...args], around(environment));

test('events that were put aside are listed beside a running gateway, and replayed when it has stopped', async () => {
  const place = { DATA_DIR: mkdtempSync(join(tmpdir(), 'webhooks-')) };
  const gateway = await openStore(place.DATA_DIR, OPTIONS);
  await gateway.webhookEvents.keep(ALPHA, [{ text: '{"name":"Lovelace"}', externalUserId: null }]);
  const taken = await gateway.webhookEvents.take(ALPHA, { limit: 1, leaseMs: 60_000 });
  const outcome = { state: 'PUT_ASIDE', reason: 'UNKNOWN_TYPE' } as const;
  await gateway.webhookEvents.settle(taken.map((event) => ({ event, outcome })));

  const listed = await webhooks(place, 'list');
  const id = taken[0]?.id ?? '';
  expect(listed).toMatchObject({ code: 0, err: '' });
  expect(listed.out.trim().split('\n')).toEqual([
    'id,source,received_at,reason,attempts',
    expect.stringMatching(new RegExp(`^${id},ALPHA,\\d{4}-[^,]+Z,UNKNOWN_TYPE,1$`)),
  ]);
  expect(await webhooks(place, 'replay', id)).toEqual({
    code: 1,
    out: '',
    err: expect.stringMatching(/^Another gateway is running on this data folder\.[^\n]*\n$/),
  });
  await gateway.close();

  const nobody = '0'.repeat(32);
  expect(await runProcess(['webhooks', 'replay', id, nobody], around(place))).toEqual({
    code: 1,
    out: '',
    err: 'Replayed: 1 of 2 events.\n',
  });
  expect(await webhooks(place, 'replay', id)).toMatchObject({ code: 1, err: 'Replayed: 0 of 1 events.\n' });
  const again = await openStore(place.DATA_DIR, OPTIONS);
  expect(await again.webhookEvents.take(ALPHA, { limit: 1, leaseMs: 1 })).toMatchObject([{ id }]);
  const page = { take: 10, direction: 'FORWARD', after: null, before: null } as const;
  const { rows } = await again.audit.page({ filter: {}, page });
  expect(rows).toContainEqual(
    expect.objectContaining({ action: 'REPLAY', actor: 'cli', decision: 'ALLOWED' }),
  );
  await again.close();
});
