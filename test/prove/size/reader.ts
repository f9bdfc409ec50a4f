import { setTimeout as delay } from 'node:timers/promises';

import { ask } from '../../harness/ask.ts';

interface Page {
  readonly users: { readonly nodes: readonly { readonly id: string }[] };
}
interface Node {
  readonly node: { readonly kyc: { readonly status: string } } | null;
}
const LIST = '{ users(first: 20) { nodes { id kyc { status because { id } } } } }';
const ONE = 'query ($id: ID!) { node(id: $id) { ... on User { id kyc { status because { id } } } } }';
const PAUSE_MS = 5;

/** A client that asks for answers all the time, a list and single users in turn. */
export class Reader {
  readonly listMs: number[] = [];
  readonly nodeMs: number[] = [];
  readonly failures: string[] = [];
  #stopped = false;
  #running: Promise<void> = Promise.resolve();

  /** Asks this gateway until `stop`; what fails after `isAlive` says no is no failure of the gateway. */
  start(url: string, isAlive: () => boolean): void {
    this.#stopped = false;
    this.#running = this.#run(url, isAlive);
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#running;
  }

  async #run(url: string, isAlive: () => boolean): Promise<void> {
    let turn = 0;
    while (!this.#stopped) {
      try {
        const ids = await this.#list(url);
        turn += 1;
        const id = ids[turn % Math.max(1, ids.length)];
        if (id !== undefined) await this.#one(url, id);
      } catch (error) {
        if (this.#stopped || !isAlive()) return;
        this.failures.push(String(error));
      }
      await delay(PAUSE_MS);
    }
  }

  async #list(url: string): Promise<readonly string[]> {
    const startedMs = performance.now();
    const { data, errors } = await ask<Page>(url, LIST, {});
    this.listMs.push(performance.now() - startedMs);
    if (errors.length > 0) throw new Error(JSON.stringify(errors));
    return data.users.nodes.map(({ id }) => id);
  }

  async #one(url: string, id: string): Promise<void> {
    const startedMs = performance.now();
    const { data, errors } = await ask<Node>(url, ONE, { id });
    this.nodeMs.push(performance.now() - startedMs);
    if (errors.length > 0 || data.node === null) throw new Error(JSON.stringify({ errors, id }));
  }
}

/** `p50/p99/max ms of n` */
export function summary(times: readonly number[]): string {
  const sorted = times.toSorted((one, other) => one - other);
  const at = (share: number) =>
    (sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0).toFixed(1);
  return `p50 ${at(0.5)}, p99 ${at(0.99)}, max ${at(1)} ms of ${sorted.length}`;
}
