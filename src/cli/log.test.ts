import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { expect, test } from 'vitest';

import { openStore } from '#store/open-store';

import { runCommand } from './testing/run-command.ts';

const secretKey = new Uint8Array(32).fill(7);

test('log new-epoch lets every cursor expire, once, and is audited; not while a gateway runs on the folder', async () => {
  const DATA_DIR = mkdtempSync(join(tmpdir(), 'kyc-log-'));
  const environment = {
    DATA_DIR,
    FINX_URL: 'https://finx.example',
    FINX_TOKEN: 'x',
    KYC_SECRET_KEY: Buffer.from(secretKey).toString('base64'),
  };
  const open = () => openStore(DATA_DIR, { policy: 'strict', sandbox: false, secretKey });
  const newEpoch = () => runCommand(['log', 'new-epoch'], { environment });

  const gateway = await open();
  const { epoch } = gateway.changes;
  expect(await newEpoch()).toMatchObject({
    code: 1,
    err: expect.stringMatching(/^Another gateway is running/),
  });
  await gateway.close();

  expect(await newEpoch()).toEqual({
    code: 0,
    out: '',
    err: 'The change log has a new epoch: every cursor of before is expired.\n',
  });
  const after = await open();
  expect(after.changes.epoch).not.toBe(epoch);
  const { rows } = await after.audit.page({
    filter: {},
    page: { take: 9, direction: 'FORWARD', after: null, before: null },
  });
  expect(rows.map(({ action }) => action)).toContain('NEW_EPOCH');
  await after.close();
  const again = await open();
  expect(again.changes.epoch).toBe(after.changes.epoch);
  await again.close();
});
