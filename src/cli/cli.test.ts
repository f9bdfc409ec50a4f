import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { describe, expect, test } from 'vitest';

import { runCommand } from './testing/run-command.ts';

const ROOT = join(import.meta.dirname, '../..');
const BIN = join(ROOT, 'bin/kyc-gateway.js');
const FAKE = join(import.meta.dirname, 'testing/run-fake.ts');

/** A command in an empty folder, with exactly these variables beside the machine's path. */
function run(
  script: string,
  args: readonly string[],
  environment: Record<string, string> = {},
  folder = mkdtempSync(join(tmpdir(), 'cli-')),
) {
  const env = { PATH: process.env['PATH'], ...environment };
  const child = spawn(process.execPath, [script, ...args], { cwd: folder, env });
  const heard = { out: '', err: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    heard.out += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    heard.err += text;
  });
  const ended = once(child, 'close').then(([code, signal]) => ({ code, signal, ...heard }));
  return { child, folder, heard, ended };
}

async function said({ child, heard }: { child: ChildProcess; heard: { out: string } }, word: string) {
  while (!heard.out.includes(word)) {
    if (child.exitCode !== null) expect.unreachable(`ended before it said ${word}`);
    await Promise.race([once(child.stdout ?? child, 'data'), once(child, 'exit')]);
  }
}

describe.each([
  ['check', ['check']],
  ['start --check', ['start', '--check']],
])('%s', (_, args) => {
  test('says that good settings are in order, and opens nothing', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'cli-'));
    expect(await runCommand(args, { environment: { PORT: '0' }, folder })).toMatchObject({
      code: 0,
      err: '',
      out: expect.stringMatching(/^The settings are in order\. .*sandbox/i),
    });
    expect(readdirSync(folder)).toEqual([]);
  });

  test('says each fault in a line, without its value, and ends with 2', async () => {
    const environment = { PORT: 'secret7', LOG_LEVEL: 'secret7' };
    const { code, out, err } = await runCommand(args, { environment });
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err.trim().split('\n')).toEqual([
      expect.stringMatching(/^PORT /),
      expect.stringMatching(/^LOG_LEVEL /),
    ]);
    expect(err).not.toContain('secret7');
  });
});

test('reads .env of the folder it is started in, under the real environment', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'cli-'));
  writeFileSync(join(folder, '.env'), 'PORT=secret7\nHOST=secret7\n');
  const { code, err } = await run(BIN, ['check'], { HOST: '::1' }, folder).ended;
  expect({ code, err }).toEqual({ code: 2, err: expect.stringMatching(/^PORT .*\n$/) });
});

test('help names the commands, and an unknown one is refused', async () => {
  expect((await run(BIN, ['--help']).ended).out).toMatch(/start.*check/s);
  expect(await runCommand(['strat'])).toMatchObject({ code: 1, out: '' });
});

describe('start', () => {
  test.each([['SIGTERM'], ['SIGINT']] as const)(
    'says where it is and what to try, and at %s closes and ends with 0',
    async (signal) => {
      const started = run(FAKE, [], { PORT: '0' });
      await said(started, 'A query worth trying');
      expect(started.heard.out).toContain('http://127.0.0.1:0/graphql');
      started.child.kill(signal);
      started.child.kill(signal);
      expect(await started.ended).toMatchObject({
        code: 0,
        signal: null,
        out: expect.stringMatching(/closed\n$/),
      });
    },
  );

  test('ends when npm was ended and the shell between did not say so', async () => {
    const shell = spawn('sh', ['-c', `"$0" "$1"; true`, process.execPath, FAKE], {
      cwd: mkdtempSync(join(tmpdir(), 'cli-')),
      env: { PATH: process.env['PATH'], PORT: '0', npm_lifecycle_event: 'start' },
    });
    let out = '';
    shell.stdout.setEncoding('utf8').on('data', (text: string) => {
      out += text;
      if (text.includes('A query worth trying')) shell.kill('SIGTERM');
    });
    // Closed when the last process that holds it has ended: the gateway.
    await once(shell.stdout, 'close');
    expect(out).toMatch(/closed\n$/);
  });

  test('ends at once when it is asked to while it starts', async () => {
    const started = run(FAKE, ['hang']);
    await said(started, 'starting');
    started.child.kill('SIGTERM');
    expect(await started.ended).toMatchObject({ code: 0, signal: null });
  });

  test('says in one line that the port is taken', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const address = other.address();
    const port = typeof address === 'object' ? String(address?.port) : '';
    const { code, err } = await run(FAKE, [], { PORT: port }).ended;
    other.close();
    expect({ code, err }).toEqual({
      code: 1,
      err: `Port ${port} of 127.0.0.1 is taken: end what listens there, or set PORT.\n`,
    });
  });

  test.each([
    ['the sandbox', {}],
    ['a real source', { FINX_URL: 'https://finx.example', FINX_TOKEN: 'x' }],
    ['a key that is set', { KYC_SECRET_KEY: Buffer.alloc(32, 7).toString('base64') }],
  ])('says in one line that DATA_DIR is a file, with %s', async (_, settings) => {
    const folder = mkdtempSync(join(tmpdir(), 'cli-'));
    writeFileSync(join(folder, 'file'), '');
    const { code, err } = await run(BIN, ['start'], { PORT: '0', DATA_DIR: './file', ...settings }, folder)
      .ended;
    expect({ code, err }).toEqual({
      code: 2,
      err: 'DATA_DIR is a file, or lies within one: name a folder, or what can become one.\n',
    });
  });

  test('a failure that nobody foresaw is logged without its message and ends with 1', async () => {
    const { code, err } = await run(FAKE, ['break']).ended;
    expect(code).toBe(1);
    expect(err.trim().split('\n')).toHaveLength(1);
    expect(JSON.parse(err)).toMatchObject({
      msg: 'The gateway did not start.',
      error: { name: 'RangeError' },
    });
    expect(err).not.toContain('secret7');
  });

  test('an end that fails is an end, with 1', async () => {
    const started = run(FAKE, ['break-at-end'], { PORT: '0' });
    await said(started, 'A query worth trying');
    started.child.kill('SIGTERM');
    const { code, err } = await started.ended;
    expect(code).toBe(1);
    expect(err).not.toContain('secret7');
  });
});
