import { mkdtempSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { expect, test } from 'vitest';

import { userId } from '#kyc/id';
import { sourceId } from '#kyc/source-id';
import { openStore } from '#store/open-store';

import { runCommand, runProcess } from './testing/run-command.ts';

const KEY = new Uint8Array(32).fill(7);

/** A `grants` command in this folder, on the store of the sandbox there. */
async function grants(
  folder: string,
  args: readonly string[],
  input = '',
  run: typeof runCommand = runCommand,
) {
  const environment = { DATA_DIR: folder, KYC_SECRET_KEY: Buffer.from(KEY).toString('base64') };
  return await run(['grants', ...args], { folder, environment, input });
}

const newFolder = () => mkdtempSync(join(tmpdir(), 'grants-'));
const openIn = (folder: string) =>
  openStore(join(folder, 'sandbox'), { policy: 'strict', secretKey: KEY, sandbox: true });

test('grants are taken in line by line, what is refused is told by number, and an export says them again', async () => {
  const folder = newFolder();
  const store = await openIn(folder);
  const [anna] = await store.addIdentities([{ source: sourceId('FINX'), externalId: 'anna' }]);
  await store.close();
  const file = [
    'kind,value,partner',
    'SOURCE,FINX,acme',
    'SOURCE,NOWHERE,acme',
    `USER,${anna?.userId},"acme, inc."`,
    `USER,${userId('nobody')},acme`,
    'BUSINESS_ACCOUNT,=b|1,acme',
    'EVERYTHING,*,acme',
    'SOURCE,FINX',
    'SOURCE,FINX,',
    'SOURCE,FINX,acme',
    '',
  ].join('\n');
  const taken = await grants(folder, ['import', '-'], file, runProcess);
  expect(taken.out.split('\n').map((line) => line.split(',').slice(0, 2).join(' '))).toEqual([
    'line code',
    '3 INVALID_INPUT',
    '5 NOT_FOUND',
    '7 INVALID_INPUT',
    '8 INVALID_INPUT',
    '9 INVALID_INPUT',
    '',
  ]);
  expect([taken.code, taken.err]).toEqual([1, 'Taken in: 3. Known already: 1. Refused: 5.\n']);

  const running = await openIn(folder);
  const exported = await grants(folder, ['export']);
  expect(exported).toEqual({
    code: 0,
    err: '',
    out: `partner,kind,value\nacme,BUSINESS_ACCOUNT,=b|1\nacme,SOURCE,FINX\n"acme, inc.",USER,${anna?.userId}\n`,
  });
  const listed = await grants(folder, ['list']);
  const [header, first] = listed.out.split('\n');
  expect(header).toBe('partner,kind,value,granted_at,granted_by');
  expect(first).toMatch(/^acme,BUSINESS_ACCOUNT,'=b\|1,\d{4}-\d\d-\d\dT[\d:.]+Z,grants import$/);
  const audited = await running.audit.page({
    filter: {},
    page: { take: 5, direction: 'FORWARD', after: null, before: null },
  });
  const granted = { action: 'GRANT', actor: 'cli', reason: 'grants import' };
  expect(audited.rows).toContainEqual(expect.objectContaining(granted));
  await running.close();

  expect(await grants(folder, ['import', '-'], exported.out)).toEqual({
    code: 0,
    out: '',
    err: 'Taken in: 0. Known already: 3. Refused: 0.\n',
  });
});

test('a file without its header, and a folder without a store, are told of in one line', async () => {
  const folder = newFolder();
  const listed = await grants(folder, ['list']);
  expect([listed.code, listed.out]).toEqual([1, '']);
  expect(listed.err).toMatch(/^There is no store of this version there.*\n$/);
  expect(readdirSync(folder)).toEqual([]);
  const { code, out, err } = await grants(folder, ['import', '-'], 'acme,SOURCE,FINX\n');
  expect([code, out]).toEqual([1, '']);
  expect(err).toMatch(/^The first line of the file names its columns: partner, kind and value\.$/m);
});
