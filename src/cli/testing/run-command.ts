import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable, Writable } from 'node:stream';

import { createProgram } from '../program.ts';

const BIN = join(import.meta.dirname, '../../../bin/kyc-gateway.js');

/** What a command finds around it. */
export interface Surroundings {
  /** Exactly these variables beside the machine's path. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Where it is started; by default one without a `.env` file. */
  readonly folder?: string;
  /** Standard input. */
  readonly input?: string | Uint8Array;
}

export interface Said {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Runs `kyc-gateway` as users do, as a process of its own: a second of work each, for what a process alone can show. */
export async function runProcess(args: readonly string[], around: Surroundings = {}): Promise<Said> {
  const { environment, folder = tmpdir(), input = '' } = around;
  const env = { PATH: process.env['PATH'], ...environment };
  const child = spawn(process.execPath, [BIN, ...args], { cwd: folder, env });
  const heard = { out: '', err: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    heard.out += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    heard.err += text;
  });
  child.stdin.end(input);
  const [code] = (await once(child, 'close')) as [number];
  return { code, ...heard };
}

/**
 * Runs the program in this process, with streams, variables and a folder of its own in place of the process's. One at a
 * time. @throws what the command throws, where a process would die of it
 */
export async function runCommand(args: readonly string[], around: Surroundings = {}): Promise<Said> {
  const { environment, folder = tmpdir(), input = '' } = around;
  const [out, err] = [new Heard(), new Heard()];
  const env = { PATH: process.env['PATH'], ...environment };
  const putBack = replace({
    stdout: out,
    stderr: err,
    stdin: Readable.from(input === '' ? [] : [Buffer.from(input)]),
    env,
    exit: (code: number) => {
      throw new Exit(code);
    },
  });
  const cwd = process.cwd();
  process.chdir(folder);
  process.exitCode = undefined;
  try {
    const code = await codeOf(createProgram().parseAsync(args, { from: 'user' }));
    return { code, out: out.text, err: err.text };
  } finally {
    process.exitCode = undefined;
    process.chdir(cwd);
    putBack();
  }
}

async function codeOf(end: Promise<unknown>): Promise<number> {
  try {
    await end;
  } catch (error) {
    if (error instanceof Exit) return error.code;
    throw error;
  }
  return Number(process.exitCode ?? 0);
}

/** Where a command ends the process. */
class Exit extends Error {
  readonly code: number;

  constructor(code: number) {
    super('The command ended the process.');
    this.code = code;
  }
}

class Heard extends Writable {
  readonly #chunks: Buffer[] = [];

  get text(): string {
    return Buffer.concat(this.#chunks).toString();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.#chunks.push(chunk);
    done();
  }
}

/** Puts other parts in place of the process's own. @returns what puts them back */
function replace(parts: Readonly<Record<string, unknown>>): () => void {
  const own = Object.keys(parts).map(
    (name) => [name, Object.getOwnPropertyDescriptor(process, name)] as const,
  );
  for (const [name, value] of Object.entries(parts))
    Object.defineProperty(process, name, { value, configurable: true, writable: true });
  return () => {
    for (const [name, descriptor] of own)
      if (descriptor !== undefined) Object.defineProperty(process, name, descriptor);
  };
}
