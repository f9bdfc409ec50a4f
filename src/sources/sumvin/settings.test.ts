import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, expect, test } from 'vitest';

import { readSettings, variables } from './settings.ts';

const folder = mkdtempSync(join(tmpdir(), 'sumvin-settings-'));
afterAll(() => rmSync(folder, { recursive: true }));

function readFile(content: string) {
  const file = join(folder, 'pats.jsonl');
  writeFileSync(file, content);
  return read({ SUMVIN_PATS_FILE: file });
}

function read(environment: Record<string, string>) {
  const faults: string[] = [];
  const settings = readSettings({ SUMVIN_URL: 'https://api.sumvin.example', ...environment }, faults);
  return { owners: settings?.owners, faults };
}

test('is off without a URL', () => {
  expect(readSettings({ SUMVIN_PATS_FILE: '/nowhere' }, [])).toBeNull();
});

test('needs no owners: they can be connected later', () => {
  expect(read({})).toEqual({ owners: [], faults: [] });
});

test('reads owners with and without a tenant, past empty lines, Windows line ends and a byte order mark', () => {
  const lines = [
    '\uFEFF{"externalId":"Zoë","pat":"p1"}',
    '',
    ' {"externalId":"b","pat":"p2","tenant":"org"} ',
    '{"externalId":"c","pat":"p3","tenant":null}',
    '',
  ];
  expect(readFile(lines.join('\r\n'))).toEqual({
    faults: [],
    owners: [
      { externalId: 'Zoë', credential: 'p1', tenant: null },
      { externalId: 'b', credential: 'p2', tenant: 'org' },
      { externalId: 'c', credential: 'p3', tenant: null },
    ],
  });
});

test.each([
  ['no JSON', '{"externalId":"SECRET", "pat":'],
  ['no object', '["SECRET"]'],
  ['no token', '{"externalId":"SECRET"}'],
  ['an empty token', '{"externalId":"SECRET","pat":""}'],
  ['a token that no header can carry', '{"externalId":"SECRET","pat":"SECRET\\r\\nx: y"}'],
  ['an empty name', '{"externalId":"","pat":"SECRET"}'],
  ['a name that is too long', `{"externalId":"${'SECRET'.repeat(50)}","pat":"SECRET"}`],
  ['a misspelled field', '{"externalId":"SECRET","pat":"SECRET","tennant":"SECRET"}'],
  ['a name twice', '{"externalId":"a","pat":"SECRET"}'],
])('names the line with %s and never its content', (_what, line) => {
  const { owners, faults } = readFile(
    `{"externalId":"a","pat":"p"}\n\n${line}\n{"externalId":"z","pat":"p"}`,
  );
  expect(faults).toEqual([expect.stringMatching(/^SUMVIN_PATS_FILE line 3 /)]);
  expect(faults.join()).not.toContain('SECRET');
  expect(owners?.map(({ externalId }) => externalId)).toEqual(['a', 'z']);
});

test('says that the file cannot be read, without its path', () => {
  expect(read({ SUMVIN_PATS_FILE: '/nowhere/SECRET' }).faults).toEqual([
    'SUMVIN_PATS_FILE names no file that can be read.',
  ]);
});

test('knows no token of its own', () => {
  expect(variables).not.toContain('SUMVIN_TOKEN');
  expect(variables).toContain('SUMVIN_PATS_FILE');
});
