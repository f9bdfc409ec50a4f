import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

/** What a process of a bench can be asked, each answered once. */
export type Answers = Readonly<Record<string, (...given: never[]) => unknown>>;
interface Question {
  readonly id: number;
  readonly name: string;
  readonly given: readonly unknown[];
}
interface Reply {
  readonly id: number;
  readonly value?: unknown;
  readonly failure?: string;
}

/** Another process of a bench, which answers questions. */
export class Peer implements AsyncDisposable {
  readonly #child: ChildProcess;
  readonly #waiting = new Map<number, PromiseWithResolvers<unknown>>();
  #asked = 0;

  /** @param file beside this one */
  constructor(file: string, settings: Readonly<Record<string, string>> = {}, flags: readonly string[] = []) {
    const env = { ...process.env, ...settings };
    this.#child = fork(join(import.meta.dirname, file), { env, execArgv: ['--expose-gc', ...flags] });
    this.#child.on('message', ({ id, value, failure }: Reply) => {
      const { resolve, reject } = this.#waiting.get(id) ?? Promise.withResolvers();
      this.#waiting.delete(id);
      if (failure === undefined) resolve(value);
      else reject(new Error(failure));
    });
    this.#child.once('exit', (code) => {
      for (const { reject } of this.#waiting.values()) reject(new Error(`${file} ended with ${code}.`));
    });
  }

  async ask<Value>(name: string, ...given: readonly unknown[]): Promise<Value> {
    const answer = Promise.withResolvers<unknown>();
    const id = this.#asked++;
    this.#waiting.set(id, answer);
    this.#child.send({ id, name, given } satisfies Question);
    return (await answer.promise) as Value;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child.exitCode !== null) return;
    this.#child.disconnect();
    await once(this.#child, 'exit');
  }
}

/** Answers the process that started this one, until that goes away. */
export function answer(answers: Answers, end: () => Promise<void> = async () => undefined): void {
  process.on('message', ({ id, name, given }: Question) => {
    const reply = (message: Reply) => process.send?.(message);
    Promise.resolve(answers[name]?.(...(given as never[]))).then(
      (value) => reply({ id, value }),
      (error: unknown) => reply({ id, failure: error instanceof Error ? String(error.stack) : 'unknown' }),
    );
  });
  process.once('disconnect', () => void end().finally(() => process.exit(0)));
}
