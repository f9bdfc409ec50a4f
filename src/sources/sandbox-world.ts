import { randomBytes } from 'node:crypto';
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import type { SourceId } from '#kyc/source-id';

import type { SandboxDelivery, SandboxPerson, SourceSandbox } from './sandbox.ts';
import { createSandboxPeople } from './sandbox-people.ts';
import type { SourceRoom } from './source.ts';

const PEOPLE = 300;
const MOVE_EVERY_MS = 3000;
const FILE = 'world.json';

/** One name of an invented person at one simulator. */
export interface SandboxIdentity {
  readonly source: SourceId;
  readonly externalId: string;
  /** Where the source is read by owners' credentials alone; null elsewhere. */
  readonly credential: { readonly credential: string; readonly tenant: string | null } | null;
}

/**
 * The simulators of all rooms with the people who stand behind them. What they hold outlives the process in one file,
 * so that the world that the store knows is still there after a restart.
 */
export class SandboxWorld {
  readonly people: readonly SandboxPerson[];
  readonly sandboxes: readonly SourceSandbox[];
  readonly #file: string;
  readonly #webhookSecret = randomBytes(32).toString('hex');
  #turn = 0;
  #timer: NodeJS.Timeout | null = null;

  constructor(rooms: readonly SourceRoom[], folder: string) {
    this.people = createSandboxPeople(
      PEOPLE,
      rooms.map(({ descriptor }) => descriptor.id),
    );
    this.sandboxes = rooms.map((room) => room.createSandbox(this.people));
    this.#file = join(folder, FILE);
    this.#restore();
  }

  /** Brings all simulators up; returns the settings by which the rooms reach them. */
  async start(): Promise<Readonly<Record<string, string>>> {
    const settings = await Promise.all(this.sandboxes.map((sandbox) => sandbox.start()));
    this.#save();
    const telling = this.sandboxes.filter((sandbox) => sandbox.tellTo !== undefined);
    const secrets = telling.map(({ source }) => [`${source}_WEBHOOK_SECRET`, this.#webhookSecret] as const);
    return Object.assign(Object.fromEntries(secrets), ...settings) as Record<string, string>;
  }

  /** From now on those that can tell the gateway at this address of each move, once: what it does not hear it will read. */
  startTelling(gatewayUrl: string): void {
    for (const sandbox of this.sandboxes) {
      const url = new URL(`/webhooks/${sandbox.source.toLowerCase()}`, gatewayUrl);
      sandbox.tellTo?.(this.#webhookSecret, (delivery) => void post(url, delivery));
    }
  }

  /** Moves a few statuses at one simulator after the other, every few seconds. */
  startMoving(): void {
    this.#timer ??= setInterval(() => this.move(), MOVE_EVERY_MS / this.sandboxes.length).unref();
  }

  move(): void {
    this.sandboxes[this.#turn % this.sandboxes.length]?.move();
    this.#turn += 1;
    // In the same tick: no answer shows a state that a restart would take back.
    this.#saveIfPossible();
  }

  /** Each inner list is one person: how the gateway is to join them. */
  identities(): readonly (readonly SandboxIdentity[])[] {
    return this.people.map((person) =>
      this.sandboxes.flatMap((sandbox) => {
        const externalId = sandbox.externalUserIdOf(person);
        const credential = sandbox.credentialOf(person);
        return externalId === null ? [] : [{ source: sandbox.source, externalId, credential }];
      }),
    );
  }

  async close(): Promise<void> {
    if (this.#timer !== null) clearInterval(this.#timer);
    await Promise.all(this.sandboxes.map((sandbox) => sandbox.close()));
  }

  #restore(): void {
    let saved: unknown;
    try {
      saved = JSON.parse(readFileSync(this.#file, 'utf8'));
    } catch {
      return;
    }
    if (typeof saved !== 'object' || saved === null) return;
    for (const sandbox of this.sandboxes) {
      const records: unknown = Reflect.get(saved, sandbox.source);
      if (Array.isArray(records)) sandbox.restore(records);
    }
  }

  /** Where the disk is full the world goes on in memory, and is written with the first move that finds room. */
  #saveIfPossible(): void {
    try {
      this.#save();
    } catch {
      // The store has the same disk, and says so.
    }
  }

  #save(): void {
    const held = Object.fromEntries(this.sandboxes.map((sandbox) => [sandbox.source, sandbox.records()]));
    writeFileSync(`${this.#file}.new`, JSON.stringify(held), { mode: 0o600 });
    renameSync(`${this.#file}.new`, this.#file);
  }
}

async function post(url: URL, { headers, body }: SandboxDelivery): Promise<void> {
  try {
    const response = await fetch(url, { method: 'POST', headers, body });
    await response.arrayBuffer();
  } catch {
    // The gateway is ending.
  }
}
