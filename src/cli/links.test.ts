import { mkdtempSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { describe, expect, test } from 'vitest';

import { rooms } from '#sources/index';
import { openStore } from '#store/open-store';

import { runCommand, runProcess } from './testing/run-command.ts';

const KEY = Buffer.alloc(32, 7).toString('base64');

/** A `links` command in this folder, on the store of the sandbox there. */
async function links(
  folder: string,
  args: readonly string[],
  input: string | Uint8Array = '',
  run: typeof runCommand = runCommand,
) {
  return await run(['links', ...args], {
    folder,
    environment: { DATA_DIR: folder, KYC_SECRET_KEY: KEY },
    input,
  });
}

const newFolder = () => mkdtempSync(join(tmpdir(), 'links-'));

const FILE = `FINX,UPVEST
x1,u1
x2,"u|2"
,
x3
"x,4",u4
x1,u4
`;

describe('links import', () => {
  test('takes people in, tells of each line that is refused by number and code, and ends with 1', async () => {
    const folder = newFolder();
    writeFileSync(join(folder, 'links.csv'), FILE);
    const { code, out, err } = await links(folder, ['import', 'links.csv']);
    expect(out.split('\n').map((line) => line.split(',').slice(0, 2).join(' '))).toEqual([
      'line code',
      '4 INVALID_INPUT',
      '5 INVALID_INPUT',
      '7 ALREADY_LINKED',
      '',
    ]);
    expect({ code, err }).toEqual({ code: 1, err: 'Taken in: 3. Known already: 0. Refused: 3.\n' });
    expect(out + err).not.toMatch(/x1|x,4|u4/);
    const again = await links(folder, ['import', '-'], 'FINX,UPVEST\nx1,u1\n');
    expect(again).toEqual({ code: 0, out: '', err: 'Taken in: 0. Known already: 1. Refused: 0.\n' });
  });

  test('keeps nothing in a dry run', async () => {
    const folder = newFolder();
    const input = '\uFEFFFINX,UPVEST\r\nx1,u1\r\n';
    const dry = await links(folder, ['import', '-', '--dry-run'], input);
    expect(dry).toEqual({
      code: 0,
      out: '',
      err: 'Dry run, nothing was kept. Taken in: 1. Known already: 0. Refused: 0.\n',
    });
    expect((await links(folder, ['import', '-'], input)).err).toMatch(/^Taken in: 1\./);
  });

  test.each([
    ['no header', 'x1,u1\n', /^Column 1 of the header is none of user_id/m],
    ['nothing', '', /^The file is empty/m],
    [
      'other bytes than text',
      Buffer.from([0x46, 0x49, 0x4e, 0x58, 0x0a, 0xff, 0xfe, 0x0a]),
      /^The file is not encoded/m,
    ],
  ])('says in one line what is wrong with a file of %s', async (_what, input, line) => {
    const { code, out, err } = await links(newFolder(), ['import', '-'], input);
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).toMatch(line);
    expect(err).not.toContain('    at ');
  });

  test('stops at quotes that do not match, having taken in what stands before', async () => {
    const { code, out, err } = await links(newFolder(), ['import', '-'], 'FINX\nx1\n"x2"y\nx3\n');
    expect({ code, err }).toEqual({ code: 1, err: 'Taken in: 1. Known already: 0. Refused: 1.\n' });
    expect(out).toMatch(/^3,INVALID_INPUT,.*nothing after it was read/m);
  });

  test('opens no store for a file that is not there', async () => {
    const folder = newFolder();
    expect(await links(folder, ['import', 'links.csv'])).toMatchObject({
      code: 1,
      err: 'There is no such file or folder.\n',
    });
    expect(readdirSync(folder)).toEqual([]);
  });
});

describe('links export', () => {
  test('gives a file from which a new store has the same people under the same ids', async () => {
    const [folder, other] = [newFolder(), newFolder()];
    await links(folder, ['import', '-'], 'FINX,UPVEST,FINOGATES\nx1,u1,\nx2,"u\\|2|u3",\n"x,\n3",,f\n,,f2\n');
    expect(await links(folder, ['export', 'all.csv'])).toEqual({ code: 0, out: '', err: '' });
    const file = readFileSync(join(folder, 'all.csv'), 'utf8');
    expect(file).toMatch(/^user_id,aliases,created_at,/);
    expect(statSync(join(folder, 'all.csv')).mode & 0o777).toBe(0o600);
    expect((await links(other, ['import', '-'], file, runProcess)).err).toBe(
      'Taken in: 4. Known already: 0. Refused: 0.\n',
    );
    expect((await links(other, ['export'], '', runProcess)).out).toBe(file);
  });

  test('reads beside a running gateway, where an import says in one line what to do', async () => {
    const folder = newFolder();
    const options = { policy: 'strict', secretKey: new Uint8Array(32).fill(7), sandbox: true } as const;
    const store = await openStore(join(folder, 'sandbox'), options);
    await store.addIdentities(rooms.map(({ descriptor }) => ({ source: descriptor.id, externalId: 'a' })));
    const { out, code } = await links(folder, ['export']);
    expect({ code, lines: out.trim().split('\n').length }).toEqual({ code: 0, lines: 1 + rooms.length });
    const { err } = await links(folder, ['import', '-'], 'FINX\nx1\n');
    expect(err).toMatch(/^Another gateway is running on this data folder\. Stop it first.*\n$/);
    await store.close();
  });

  test('says that there is no store yet, and makes none', async () => {
    const folder = newFolder();
    const { code, err } = await links(folder, ['export', 'all.csv']);
    expect({ code, err }).toEqual({
      code: 1,
      err: 'There is no store in DATA_DIR yet: nothing to export.\n',
    });
    expect(readdirSync(folder)).toEqual([]);
  });
});
