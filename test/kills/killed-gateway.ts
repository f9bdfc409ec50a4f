import { setTimeout as delay } from 'node:timers/promises';

import { GatewayProcess } from '../harness/gateway-process.ts';
import { until } from '../harness/until.ts';

/** A slow machine's patience. */
const START_MS = 60_000;
/** So many lives end before the gateway says that it is up. */
const CUT_AT_START = 0.15;
const START_TAKES_MS = 1500;

/** A gateway that is killed at random moments, and started again at once with the same settings. */
export class KilledGateway implements AsyncDisposable {
  kills = 0;
  /** What each process wrote to standard error. */
  readonly complaints: string[] = [];
  readonly #settings: Readonly<Record<string, string>>;
  readonly #folder: string;
  readonly #random: () => number;
  #process: GatewayProcess;
  /** True between a kill and the next start: it does not end by itself then. */
  #isKilled = false;

  constructor(settings: Readonly<Record<string, string>>, folder: string, random: () => number) {
    this.#settings = settings;
    this.#folder = folder;
    this.#random = random;
    this.#process = new GatewayProcess(settings, folder);
  }

  /** Where it answers, as soon as it does. */
  readonly url = async (): Promise<string> =>
    await until(
      'the gateway is up',
      () => {
        const { url, isAlive, complaints } = this.#process;
        if (!isAlive && !this.#isKilled) throw new Error(`The gateway ended by itself: ${complaints}`);
        return isAlive ? url : null;
      },
      START_MS,
    );

  /** Where it listens; null while it is not up. */
  get port(): number | null {
    const { url, isAlive } = this.#process;
    return url === null || !isAlive ? null : Number(new URL(url).port);
  }

  /** Lives and ends so many times. @param life resolves when one that is up has lived enough */
  async dieRepeatedly(times: number, life: () => Promise<void>): Promise<void> {
    while (this.kills < times) {
      if (this.#random() < CUT_AT_START) await delay(this.#random() * START_TAKES_MS);
      else {
        await this.url();
        await life();
      }
      await this.kill();
    }
  }

  /** The next one starts at once. */
  async kill(): Promise<void> {
    this.#isKilled = true;
    const { stderr } = await this.#process.end('SIGKILL');
    if (stderr !== '') this.complaints.push(stderr);
    this.kills += 1;
    this.start();
  }

  /** Where it has ended. */
  start(): void {
    this.#process = new GatewayProcess(this.#settings, this.#folder);
    this.#isKilled = false;
  }

  /** Ends it as an operator does. @returns its exit code */
  async stop(): Promise<number | null> {
    this.#isKilled = true;
    const { code, stderr } = await this.#process.end('SIGTERM');
    if (stderr !== '') this.complaints.push(stderr);
    return code;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isKilled = true;
    await this.#process[Symbol.asyncDispose]();
  }
}
