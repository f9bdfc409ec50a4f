import { execFile } from 'node:child_process';
import { globSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';

import { beforeAll, describe, expect, test } from 'vitest';

const ROOT = join(import.meta.dirname, '..');
const read = (path: string) => readFileSync(join(ROOT, path), 'utf8');
const SOURCES = readdirSync(join(ROOT, 'src/sources'), { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);
const files = globSync(['src/**/*.ts', 'test/**/*.ts', 'bench/**/*.ts'], {
  cwd: ROOT,
  exclude: ['test/generated/**'],
});
const code = files.filter(
  (path) => path.startsWith('src/') && !/\.test\.ts$|\/(?:testing|behaviours)\//.test(path),
);

const CLI = 'kyc log sources/source sources/index store access graph server settings cli gateway below'.split(
  ' ',
);
const GATEWAY =
  'kyc log upstream sources/source sources/index store sync writes access loaders graph server settings'.split(
    ' ',
  );
/** What each part may import (docs/architecture.md), itself included: a specifier of each is tried from each. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  'src/log.ts': ['log'],
  'src/kyc/x.ts': ['kyc', 'below'],
  'src/upstream/x.ts': ['kyc', 'log', 'upstream', 'below'],
  'src/sources/source.ts': ['kyc', 'log', 'upstream', 'sources/source'],
  'src/sources/index.ts': ['kyc', 'log', 'upstream', 'sources/source'],
  'src/sources/registry.ts': ['kyc', 'log', 'upstream', 'sources/source', 'sources/index', 'below'],
  'src/sources/finx/x.ts': ['kyc', 'log', 'upstream', 'sources/source', 'below'],
  'src/store/x.ts': ['kyc', 'log', 'store', 'below'],
  'src/store/migrations/x.ts': ['kyc', 'log', 'store', 'below', 'above'],
  'src/sync/x.ts': ['kyc', 'log', 'upstream', 'sources/source', 'store', 'sync', 'below'],
  'src/writes/x.ts': ['kyc', 'log', 'upstream', 'sources/source', 'store', 'sync', 'writes', 'below'],
  'src/access/x.ts': ['kyc', 'log', 'store', 'access', 'below'],
  'src/loaders/x.ts': [
    'kyc',
    'log',
    'upstream',
    'sources/source',
    'store',
    'sync',
    'access',
    'loaders',
    'below',
  ],
  'src/graph/x.ts': ['kyc', 'log', 'store', 'access', 'loaders', 'graph', 'below'],
  'src/graph/types/x.ts': ['kyc', 'log', 'store', 'access', 'loaders', 'graph', 'below', 'above'],
  'src/server/x.ts': ['kyc', 'log', 'store', 'access', 'loaders', 'graph', 'server', 'below'],
  'src/settings.ts': ['kyc', 'log', 'sources/source', 'settings', 'below'],
  'src/cli/x.ts': CLI,
  'src/main.ts': ['cli'],
  'src/gateway.ts': GATEWAY,
};
const SPECIFIERS: Readonly<Record<string, string>> = {
  kyc: '#kyc/user',
  log: '#log',
  upstream: '#upstream/request',
  'sources/source': '#sources/source',
  'sources/index': '#sources/index',
  'sources/registry': '#sources/registry',
  'a room': '#sources/upvest/index',
  store: '#store/store',
  sync: '#sync/sync',
  writes: '#writes/write',
  access: '#access/principal',
  loaders: '#loaders/loaders',
  graph: '#graph/schema',
  server: '#server/create-server',
  settings: '#settings',
  cli: '#cli/program',
  gateway: '#gateway',
  below: './upvest/index.ts',
  above: '../own.ts',
  'another layer by path': '../kyc/user.ts',
  'another layer from below': '../../kyc/user.ts',
};
/** The ways to write an import: the rule must see each. */
const FORMS = [
  (to: string) => `import { x } from '${to}';\nx();\n`,
  (to: string) => `import type { X } from '${to}';\nexport const x: X | null = null;\n`,
  (to: string) => `export * from '${to}';\n`,
];

interface Finding {
  readonly code: string;
  readonly filename: string;
}

/** A folder with the project's own lint rules, where a violation can be written down. */
function createScratch(): string {
  const folder = mkdtempSync(join(tmpdir(), 'layers-'));
  writeFileSync(join(folder, '.oxlintrc.json'), withoutTypes(read('.oxlintrc.json')));
  writeFileSync(join(folder, 'package.json'), read('package.json'));
  writeFileSync(join(folder, 'tsconfig.json'), read('tsconfig.json'));
  return folder;
}

function write(folder: string, path: string, text: string): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), text);
}

async function lint(folder: string): Promise<readonly Finding[]> {
  const { promise, resolve } = Promise.withResolvers<string>();
  const args = ['--format=json', '.'];
  execFile(join(ROOT, 'node_modules/.bin/oxlint'), args, { cwd: folder, maxBuffer: 2 ** 26 }, (_, out) =>
    resolve(out),
  );
  const { diagnostics } = JSON.parse(await promise) as { diagnostics: readonly Finding[] };
  return diagnostics;
}

describe('imports point leftwards', () => {
  const caught = new Map<string, Set<string>>();

  // One scratch folder for each thing imported and each form of import: the violating file keeps its real name.
  beforeAll(async () => {
    const tries = Object.entries(SPECIFIERS).flatMap(([to, specifier]) =>
      FORMS.map((form, index) => ({ key: `${to} ${index}`, text: form(specifier) })),
    );
    const folder = createScratch();
    tries.forEach(({ text }, index) => {
      for (const from of Object.keys(MAY_IMPORT)) write(folder, `${index}/${from}`, text);
    });
    writeFileSync(join(folder, '.oxlintrc.json'), anywhere(withoutTypes(read('.oxlintrc.json'))));
    for (const { code: rule, filename } of await lint(folder)) {
      if (!rule.includes('no-restricted-imports')) continue;
      const [index = '', ...from] = filename.split('/');
      const key = tries[Number(index)]?.key ?? '';
      caught.set(key, (caught.get(key) ?? new Set()).add(from.join('/')));
    }
  });

  test.each(Object.entries(MAY_IMPORT))('from %s', (from, allowed) => {
    const verdicts = Object.keys(SPECIFIERS).map((to) => {
      const forms = FORMS.map((_, index) => caught.get(`${to} ${index}`)?.has(from) ?? false);
      return { to, refused: forms.every(Boolean), passed: !forms.some(Boolean) };
    });
    const passed = verdicts.filter((verdict) => verdict.passed).map(({ to }) => to);
    expect(passed.toSorted()).toEqual(allowed.toSorted());
    expect(verdicts.filter((verdict) => !verdict.passed && !verdict.refused)).toEqual([]);
  });
});

/** The rules that look at imports need no types, and run in a moment without. */
function withoutTypes(config: string): string {
  return config.replace('"typeAware": true', '"typeAware": false');
}

/** The same rules for folders below the scratch folder. */
function anywhere(config: string): string {
  return config.replaceAll('"src/', '"*/src/');
}

test('an import in a circle is refused', async () => {
  const folder = createScratch();
  write(folder, 'src/kyc/user.ts', "import { b } from '#kyc/check';\nexport const a = (): number => b();\n");
  write(folder, 'src/kyc/check.ts', "import { c } from './page.ts';\nexport const b = (): number => c();\n");
  write(folder, 'src/kyc/page.ts', "import { a } from '#kyc/user';\nexport const c = (): number => a();\n");
  const findings = await lint(folder);
  expect(findings.filter(({ code: rule }) => rule.includes('no-cycle')).length).toBeGreaterThan(0);
});

test('nothing is imported at run time by a name that the rules cannot see', () => {
  const dynamic = code.filter((path) => /\bimport\(|\brequire\(/.test(withoutComments(read(path))));
  const commands = ['audit', 'grants', 'keys', 'links', 'log', 'rekey', 'scans', 'start', 'webhooks'];
  expect(dynamic).toEqual(commands.map((name) => `src/cli/${name}.ts`));
});

test('no name of a source stands in code outside its room and the registry', () => {
  const names = new RegExp(SOURCES.join('|').replace('finx', 'fin[ _-]?x\\b'), 'i');
  const outside = code.filter((path) => path !== 'src/sources/registry.ts' && !isOfRoom(path));
  expect(outside.length).toBeGreaterThan(50);
  expect(outside.filter((path) => names.test(withoutDescriptions(withoutComments(read(path)))))).toEqual([]);
});

test.each(SOURCES)('the registry names %s in one line, and no other room names it', (source) => {
  const lines = read('src/sources/registry.ts').split('\n');
  expect(lines.filter((line) => line.includes(source))).toEqual([
    `export { ${source} } from './${source}/index.ts';`,
  ]);
  const others = code.filter((path) => isOfRoom(path) && !path.startsWith(`src/sources/${source}/`));
  const names = new RegExp(source === 'finx' ? 'fin[ _-]?x\\b' : source, 'i');
  expect(others.filter((path) => names.test(withoutComments(read(path))))).toEqual([]);
});

test('no file is over 300 lines', () => {
  expect(files.filter((path) => read(path).split('\n').length > 301)).toEqual([]);
});

test('files are named by the one thing in them, in kebab-case', () => {
  expect(
    files
      .map((path) => basename(path))
      .filter((name) => !/^[a-z0-9]+(?:-[a-z0-9]+)*(?:\.test)?\.ts$/.test(name)),
  ).toEqual([]);
  expect(code.filter((path) => /\/(?:utils?|helpers?|common|misc|types)\.ts$/.test(path))).toEqual([]);
  expect(code.filter((path) => basename(path) === 'index.ts' && !path.startsWith('src/sources/'))).toEqual(
    [],
  );
});

function isOfRoom(path: string): boolean {
  return SOURCES.some((source) => path.startsWith(`src/sources/${source}/`));
}

function withoutComments(text: string): string {
  return text.replaceAll(/\/\*[\s\S]*?\*\//g, '').replaceAll(/(?<![:'"`\w])\/\/.*$/gm, '');
}

/** Descriptions of the graph speak to its users, and they know the sources by name. */
function withoutDescriptions(text: string): string {
  return text.replaceAll(/description:\s*(?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|`[^`]*`)/g, '');
}
