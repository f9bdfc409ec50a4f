import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { expect, test } from 'vitest';

import { search } from '../canaries/canaries.ts';
import { suiteCanaries } from '../canaries/suite-canaries.ts';

const PROJECT = join(import.meta.dirname, '../..');
/** Which tests; all by default. */
const ONLY = (process.env['SUITE'] ?? '').split(' ').filter((path) => path !== '');

interface Reported {
  readonly what: 'store' | 'errors';
  readonly bytes: number;
  readonly hits: readonly string[];
}

test('the whole suite, with every log at trace, lets out nothing of its people and no secret', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'kyc-suite-'));
  try {
    const report = join(folder, 'report.jsonl');
    const output = await runSuite({ CANARY_REPORT: report, TMPDIR: folder, TEST_LOG_LEVEL: 'trace' });
    const lines = readFileSync(report, 'utf8').trim().split('\n');
    const reported = lines.map((line) => JSON.parse(line) as Reported);
    const stores = reported.filter(({ what }) => what === 'store');
    const errors = reported.filter(({ what }) => what === 'errors');
    const searched = search(await suiteCanaries(), [{ where: 'the output', bytes: output }]);
    expect(searched.hits).toEqual([]);
    expect([...new Set(stores.flatMap(({ hits }) => hits))]).toEqual([]);
    expect([...new Set(errors.flatMap(({ hits }) => hits))]).toEqual([]);
    const sum = (list: readonly Reported[]) => list.reduce((bytes, one) => bytes + one.bytes, 0);
    const failed = [...new Set(output.toString().match(/ FAIL .*/g))];
    const counts = {
      canaries: searched.canaries,
      output: output.length,
      stores: stores.length,
      bytesOfStores: sum(stores),
      answersWithErrors: errors.length,
      summary: output.toString().match(/(Test Files|Tests) .*/g),
    };
    process.stdout.write(`${JSON.stringify(counts)}\n${failed.join('\n')}\n`);
    expect(stores.length).toBeGreaterThan(0);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}, 3_600_000);

/** Both streams. What fails in it fails there: here it is looked through alone. */
async function runSuite(more: Readonly<Record<string, string>>): Promise<Buffer> {
  const { PATH, HOME, TEST_DATABASE_URL } = process.env;
  const named = TEST_DATABASE_URL === undefined ? {} : { TEST_DATABASE_URL };
  const bin = join(PROJECT, 'node_modules/vitest/vitest.mjs');
  const args = [bin, 'run', '--config', 'test/canaries/suite-config.ts', ...ONLY];
  const child = spawn(process.execPath, args, {
    cwd: PROJECT,
    env: { PATH, HOME, NO_COLOR: '1', ...named, ...more },
  });
  const chunks: Buffer[] = [];
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => void chunks.push(chunk));
  await once(child, 'close');
  return Buffer.concat(chunks);
}
