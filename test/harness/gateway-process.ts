import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

const PROJECT = join(import.meta.dirname, '../..');
const URL_LINE = /GraphiQL: (http:\S+)/;

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The gateway as users run it: a process of its own, with these settings and no others. */
export class GatewayProcess implements AsyncDisposable {
  readonly #child: ChildProcess;
  readonly #ended: Promise<Ended>;
  #stdout = '';
  #stderr = '';

  constructor(settings: Readonly<Record<string, string>>, folder: string, project: string = PROJECT) {
    // In a folder without a .env file.
    const env = { PATH: process.env['PATH'], ...settings };
    const bin = join(project, 'bin/kyc-gateway.js');
    this.#child = spawn(process.execPath, [bin, 'start'], { cwd: folder, env });
    this.#child.stdout?.on('data', (text: Buffer) => {
      this.#stdout += text.toString();
    });
    this.#child.stderr?.on('data', (text: Buffer) => {
      this.#stderr += text.toString();
    });
    // A test that is given up leaves nothing running.
    const kill = () => this.#child.kill('SIGKILL');
    process.once('exit', kill);
    this.#ended = once(this.#child, 'close').then(([code, signal]) => {
      process.off('exit', kill);
      return this.#endedWith(code as number | null, signal as NodeJS.Signals | null);
    });
  }

  get isAlive(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** Where it answers; null before it says so. */
  get url(): string | null {
    return URL_LINE.exec(this.#stdout)?.[1] ?? null;
  }

  /** What it wrote to standard error so far. */
  get complaints(): string {
    return this.#stderr;
  }

  /** Waits for the end, whatever it comes of. */
  ended(): Promise<Ended> {
    return this.#ended;
  }

  /** Holds the process as it is, and lets it go on. */
  hold(): void {
    this.#child.kill('SIGSTOP');
  }
  goOn(): void {
    this.#child.kill('SIGCONT');
  }

  /** Sends the signal and waits for the end. */
  async end(signal: 'SIGKILL' | 'SIGTERM' | 'SIGINT'): Promise<Ended> {
    this.#child.kill(signal);
    return this.#ended;
  }

  #endedWith(code: number | null, signal: NodeJS.Signals | null): Ended {
    return { code, signal, stdout: this.#stdout, stderr: this.#stderr };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.isAlive) await this.end('SIGKILL');
  }
}
