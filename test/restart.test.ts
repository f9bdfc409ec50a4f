import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, expect, test } from 'vitest';

import { lockFolder } from '#store/sqlite/folder-lock';

import { GatewayProcess } from './harness/gateway-process.ts';
import { readUsers, readVerifications } from './harness/seen-in-graph.ts';
import { until } from './harness/until.ts';
import { World } from './harness/world.ts';

/** What bin/kyc-gateway.js does on a Node that is too old. */
const ON_OLD_NODE = `
  import { rerun } from '${import.meta.resolve('../bin/bundled-node.js')}';
  rerun(process.execPath, '${join(import.meta.dirname, '../bin/kyc-gateway.js')}', ['start']);
`;
/** An operator's patience with an end that was asked for. */
const SECONDS_MS = 5_000;
const START_MS = 60_000;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kyc-restart-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** The sandbox: nothing set but a folder and a free port. */
function startSandbox(): GatewayProcess {
  return new GatewayProcess({ DATA_DIR: folder, PORT: '0', LOG_LEVEL: 'warn' }, folder);
}

async function urlOf(gateway: GatewayProcess): Promise<string> {
  const url = await until(
    'the gateway is up',
    () => gateway.url ?? (gateway.isAlive ? null : 'DEAD'),
    START_MS,
  );
  if (url === 'DEAD') throw new Error(`The gateway did not start: ${(await gateway.ended()).stderr}`);
  return url;
}

test('the sandbox keeps its users and its world through a kill; while it runs it has its folder to itself', async () => {
  await using first = startSandbox();
  const url = await urlOf(first);
  const users = await readUsers(url);
  const held = await until('records of all sources are there', async () => {
    const records = await readVerifications(url);
    return new Set(records.map(({ source }) => source)).size === 5 && records;
  });
  const { code, stdout, stderr } = await startSandbox().ended();
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  expect(stderr).toMatch(/^Another gateway is running on this data folder\. [^\n]+\n$/);
  expect(await readUsers(url)).toEqual(users);
  await first.end('SIGKILL');

  await using next = startSandbox();
  const urlNow = await urlOf(next);
  expect(await readUsers(urlNow)).toEqual(users);
  const names = (await readVerifications(urlNow)).map(nameOf);
  expect(names).toEqual(expect.arrayContaining(held.map(nameOf)));
  expect(new Set(names).size).toBe(names.length);
  expect(statSync(join(folder, 'sandbox', 'dev.key')).mode & 0o777).toBe(0o600);
  expect((await next.end('SIGTERM')).code).toBe(0);
}, 120_000);

function nameOf({ source, externalId }: { source: string; externalId: string }): string {
  return `${source} ${externalId}`;
}

test('SIGTERM in the first sync ends it within seconds, and the next start goes on', async () => {
  await using world = await World.create({ people: 100, settings: { FINOGATES_RATE_PER_S: '2' } });
  Object.assign(world.sandbox('FINOGATES'), { highestLimit: 4 });
  const { requests } = world.sandbox('FINOGATES');
  await using gateway = new GatewayProcess({ ...world.environment, LOG_LEVEL: 'warn' }, world.folder);
  await until('pages come', () => requests.length > 2, START_MS);
  const askedMs = performance.now();
  expect(await gateway.end('SIGTERM')).toMatchObject({ code: 0, stderr: '' });
  expect(performance.now() - askedMs).toBeLessThan(SECONDS_MS);
  const seen = requests.length;
  await using next = new GatewayProcess({ ...world.environment, LOG_LEVEL: 'warn' }, world.folder);
  const goingOn = () => requests[seen]?.url ?? !next.isAlive;
  expect(await until('the next page is asked for', goingOn, START_MS)).toMatch(/offset=[1-9]/);
}, 120_000);

test('a source that hangs does not hold an end up', async () => {
  await using world = await World.create({ people: 20 });
  for (const sandbox of world.sandboxes.values()) sandbox.fault = 'SLOW';
  await using gateway = new GatewayProcess({ ...world.environment, LOG_LEVEL: 'error' }, world.folder);
  await until('a call hangs', () => world.sandbox('FINX').requests.length > 0, START_MS);
  const askedMs = performance.now();
  expect(await gateway.end('SIGTERM')).toMatchObject({ code: 0, stderr: '' });
  expect(performance.now() - askedMs).toBeLessThan(SECONDS_MS);
}, 120_000);

test('a gateway that an older Node runs in its place ends when that one is killed', async () => {
  await using world = await World.create({ people: 5 });
  const env = { PATH: process.env['PATH'], ...world.environment };
  const outer = spawn(process.execPath, ['--input-type=module', '-e', ON_OLD_NODE], { env });
  const ended = once(outer, 'exit');
  await once(outer.stdout, 'data');
  expect(isFree(world.folder)).toBe(false);
  outer.kill('SIGKILL');
  expect(await ended).toEqual([null, 'SIGKILL']);
  await until('the folder is free', () => isFree(world.folder));
}, 120_000);

function isFree(dataDir: string): boolean {
  try {
    lockFolder(dataDir).release();
    return true;
  } catch {
    return false;
  }
}
