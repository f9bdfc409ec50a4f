import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

import { until } from '../../harness/until.ts';

/** A script of this folder in a process of its own, which writes a line of JSON now and then. */
export class ChildLines<Line> implements AsyncDisposable {
  readonly #child: ChildProcess;
  readonly #ended: Promise<unknown>;
  #isEnding = false;
  readonly lines: (Line & { readonly atMs: number })[] = [];
  complaints = '';

  constructor(script: string, args: readonly string[], environment: Readonly<Record<string, string>>) {
    const env = { PATH: process.env['PATH'], ...environment };
    this.#child = spawn(process.execPath, [join(import.meta.dirname, script), ...args], { env });
    this.#ended = once(this.#child, 'close');
    if (this.#child.stdout !== null) {
      createInterface(this.#child.stdout).on('line', (text) => {
        this.lines.push({ ...(JSON.parse(text) as Line), atMs: performance.now() });
      });
    }
    this.#child.stderr?.on('data', (text: Buffer) => (this.complaints += text.toString()));
  }

  /** False from the moment it is told to end. */
  get isAlive(): boolean {
    return !this.#isEnding && this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** What the first line that has it says. @throws Error when the process ends without */
  async told<Name extends keyof Line>(name: Name): Promise<Line[Name]> {
    const line = await until(
      `a line says ${String(name)}`,
      () => {
        if (!this.isAlive) throw new Error(`The process ended: ${this.complaints}`);
        return this.lines.find((one) => one[name] !== undefined) ?? null;
      },
      60_000,
    );
    return line[name];
  }

  async end(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    this.#isEnding = true;
    this.#child.kill(signal);
    await this.#ended;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.isAlive) await this.end('SIGKILL');
  }
}
