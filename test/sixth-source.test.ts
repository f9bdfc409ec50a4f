import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { ask } from './harness/ask.ts';
import { GatewayProcess } from './harness/gateway-process.ts';
import { type Outcome, ProjectCopy } from './harness/project-copy.ts';
import { until } from './harness/until.ts';

const ROOM = join(import.meta.dirname, 'fixtures/sixth-source/kestrel');
const REGISTRY = 'src/sources/registry.ts';
const LINE = "export { kestrel } from './kestrel/index.ts';\n";
const SOURCES = ['FINOGATES', 'FINX', 'KESTREL', 'ROCKETKOR', 'SUMVIN', 'UPVEST'];
const PATIENCE_MS = 60_000;

let copy: ProjectCopy;
let folder: string;
let before: string;

beforeAll(async () => {
  copy = new ProjectCopy();
  folder = mkdtempSync(join(tmpdir(), 'kyc-sixth-'));
  before = copy.read('schema/schema.graphql');
  cpSync(ROOM, join(copy.root, 'src/sources/kestrel'), { recursive: true });
  const registry = copy.read(REGISTRY);
  writeFileSync(join(copy.root, REGISTRY), registry.replace('export { rocketkor }', `${LINE}$&`));
  // What `npm run schema` does.
  succeeded(await copy.run('node', 'src/cli/print-schema.ts'));
  succeeded(await copy.run('graphql-codegen', '--config', 'codegen.ts', '--silent'));
}, PATIENCE_MS);
afterAll(() => {
  copy[Symbol.dispose]();
  rmSync(folder, { recursive: true, force: true });
});

function succeeded(outcome: Outcome): Outcome {
  expect(outcome.code, outcome.output).toBe(0);
  return outcome;
}

describe('a sixth source', { timeout: PATIENCE_MS }, () => {
  test('is one folder, one line, and what is printed from them', () => {
    const touched = copy.changed().filter((path) => !path.startsWith('src/sources/kestrel/'));
    expect(touched).toEqual(['schema/schema.graphql', REGISTRY, 'test/generated/graphql.ts']);
    const own = readFileSync(join(import.meta.dirname, '..', REGISTRY), 'utf8');
    expect(copy.read(REGISTRY).replace(LINE, '')).toBe(own);
    const added = copy.read('schema/schema.graphql').split('\n').length - before.split('\n').length;
    expect(added).toBe(5);
  });

  test('keeps to types, lint and format', async () => {
    const include = ['src/main.ts', 'src/sources/kestrel', 'test/source-contract.test.ts'];
    writeFileSync(
      join(copy.root, 'tsconfig.sixth.json'),
      JSON.stringify({ extends: './tsconfig.json', include }),
    );
    const ours = ['src/sources/kestrel', REGISTRY];
    const said = await Promise.all([
      // Its threads check the same files again, each for itself.
      copy.run('tsc', '-p', 'tsconfig.sixth.json', '--singleThreaded'),
      copy.run('oxlint', '--deny-warnings', ...ours),
      copy.run('biome', 'check', ...ours),
    ]);
    for (const outcome of said) succeeded(outcome);
  });

  test('fulfils the contract of all sources', async () => {
    const files = ['test/source-contract.test.ts', 'src/sources/kestrel', 'test/schema-drift.test.ts'];
    const only = 'KESTREL|every folder is a room|no two rooms|committed schema';
    const { output } = succeeded(await copy.run('vitest', 'run', '--no-cache', ...files, '-t', only));
    const counts = /Test Files +(\d+) passed[^]*Tests +(\d+) passed/.exec(output) ?? [];
    expect(Number(counts[1]), output).toBe(files.length);
    expect(Number(counts[2]), output).toBeGreaterThan(20);
  });

  test('is set like the others, and its faults are told like theirs', async () => {
    const check = async (settings: Record<string, string>) => {
      await using gateway = new GatewayProcess({ ...settings, DATA_DIR: folder }, folder, copy.root);
      return (await gateway.ended()).stderr;
    };
    const said = await Promise.all([
      check({ KESTREL_URL: 'http://kestrel.example', KESTREL_TIMEOUT_MS: 'x', KESTREL_POLL: '3' }),
      check({ KESTREL_TOKEN: 'secret' }),
    ]);
    for (const line of [
      /^KESTREL_URL must be/m,
      /^KESTREL_TIMEOUT_MS must be/m,
      /^KESTREL_TOKEN must be set/m,
      /^KESTREL_POLL is no setting/m,
    ])
      expect(said[0]).toMatch(line);
    expect(said[1]).toMatch(/KESTREL_URL is not/);
    expect(said.join()).not.toContain('secret');
  });

  test('answers beside the five in sources, lists and users', async () => {
    const settings = { DATA_DIR: folder, PORT: '0', LOG_LEVEL: 'warn' };
    await using gateway = new GatewayProcess(settings, folder, copy.root);
    const url = await until(
      'the gateway is up',
      () => gateway.url ?? (gateway.isAlive ? null : 'DEAD'),
      PATIENCE_MS,
    );
    expect(url, gateway.complaints).not.toBe('DEAD');
    const sources = await until('all six sources are read', () => sourcesWhenRead(url), PATIENCE_MS);
    expect(sources.map(({ source }) => source)).toEqual(SOURCES);

    const lists = await ask<Lists>(url, LISTS, {});
    expect(lists.errors).toEqual([]);
    for (const source of SOURCES) {
      const seen = new Set(lists.data[source]?.nodes.map((node) => node.source));
      expect([...seen]).toEqual([source]);
    }
    const { data } = await ask<Users>(url, USERS, {});
    const whole = data.users.nodes.find(({ identities }) => identities.length === SOURCES.length);
    expect(whole?.identities.map(({ source }) => source).toSorted()).toEqual(SOURCES);
    const user = await ask<User>(url, USER, { id: whole?.id });
    expect(user.errors).toEqual([]);
    const { verifications, kyc } = user.data.user;
    expect([...new Set(verifications.nodes.map(({ source }) => source))].toSorted()).toEqual(SOURCES);
    expect(verifications.sources.map(({ source, state }) => [source, state])).toContainEqual([
      'KESTREL',
      'COMPLETE',
    ]);
    expect(kyc).not.toBeNull();
    expect(await gateway.end('SIGTERM')).toMatchObject({ code: 0 });
  });
});

interface SourceRow {
  readonly source: string;
  readonly enabled: boolean;
  readonly health: string;
  readonly recordCount: number;
  readonly statusMap: readonly unknown[];
}
type Lists = Record<string, { readonly nodes: readonly { readonly source: string }[] }>;
interface Users {
  readonly users: {
    readonly nodes: readonly { readonly id: string; readonly identities: readonly { source: string }[] }[];
  };
}
interface User {
  readonly user: {
    readonly kyc: unknown;
    readonly verifications: {
      readonly nodes: readonly { readonly source: string }[];
      readonly sources: readonly { readonly source: string; readonly state: string }[];
    };
  };
}

const LISTS = `{
  ${SOURCES.map((id) => `${id}: verifications(first: 5, filter: { sources: [${id}] }) { nodes { source status } }`).join('\n')}
}`;
const USERS = '{ users(first: 200) { nodes { id identities { source } } } }';
const USER = `query ($id: ID!) { user(id: $id) {
  kyc { status }
  verifications(first: 100, freshness: LIVE) { nodes { source } sources { source state } }
} }`;

async function sourcesWhenRead(url: string): Promise<readonly SourceRow[] | null> {
  const query = '{ sources { source enabled health recordCount statusMap { sourceStatus } } }';
  const { data } = await ask<{ sources: readonly SourceRow[] }>(url, query, {});
  const isRead = ({ enabled, health, recordCount, statusMap }: SourceRow) =>
    enabled && health === 'UP' && recordCount > 0 && statusMap.length > 0;
  return data.sources.every(isRead) ? data.sources : null;
}
