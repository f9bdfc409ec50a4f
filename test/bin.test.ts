import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

import { expect, test } from 'vitest';

const BUNDLED = pathToFileURL(join(import.meta.dirname, '../bin/bundled-node.js')).href;

/** Runs `script` the way the command does on an old Node: by another Node in its place. */
function rerun(script: string, args: readonly string[] = []) {
  const folder = mkdtempSync(join(tmpdir(), 'bin-'));
  writeFileSync(join(folder, 'script.mjs'), script);
  const outer = `import { rerun } from '${BUNDLED}'; rerun(process.execPath, './script.mjs', ${JSON.stringify(args)});`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', outer], { cwd: folder });
  return { child, ended: once(child, 'close') };
}

test('passes arguments on and keeps the exit code', async () => {
  const { child, ended } = rerun('process.stdout.write(process.argv[2]); process.exit(7);', ['a b']);
  let out = '';
  child.stdout.on('data', (text: Buffer) => {
    out += text.toString();
  });
  expect(await ended).toEqual([7, null]);
  expect(out).toBe('a b');
});

test.each([['SIGTERM'], ['SIGINT'], ['SIGHUP']] as const)(
  'passes %s on and waits for the end',
  async (signal) => {
    const { child, ended } = rerun(
      `process.on('${signal}', () => process.exit(9)); setInterval(() => {}, 1000); process.stdout.write('up');`,
    );
    await once(child.stdout, 'data');
    child.kill(signal);
    expect(await ended).toEqual([9, null]);
  },
);

test('ends as the child does when a signal kills it', async () => {
  const { ended } = rerun("process.kill(process.pid, 'SIGKILL'); setInterval(() => {}, 1000);");
  expect(await ended).toEqual([137, null]);
});

test('finds the Node of this machine among the packages, and none for a machine without one', async () => {
  const { findBundledNode, isNewEnough, missingNodeLine } = await import(BUNDLED);
  expect(findBundledNode(process.platform, process.arch)).toMatch(/node_modules.+node(\.exe)?$/);
  expect(findBundledNode('aix', 'ppc64')).toBeNull();
  expect(missingNodeLine('20.20.2', 'aix', 'ppc64')).toMatch(
    /^kyc-gateway needs Node 26 .*20\.20\.2.*aix-ppc64.*\.$/,
  );
  expect(['20.20.2', '25.9.0', '26.0.0', '100.1.0'].map(isNewEnough)).toEqual([false, false, true, true]);
});
