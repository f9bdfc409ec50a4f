import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { CALLERS, createIssuer, type Issuer } from '../access-matrix/callers.ts';
import { GatewayProcess } from '../harness/gateway-process.ts';
import { until } from '../harness/until.ts';
import { World } from '../harness/world.ts';
import { type Canary, type Heard, type Searched, search } from './canaries.ts';
import { canariesOf, disguised, soak } from './people.ts';
import { type Mood, SourceFront } from './source-front.ts';

const BIN = join(import.meta.dirname, '../../bin/kyc-gateway.js');
const SECRET_VARIABLE = /(TOKEN|SECRET|SECRET_KEYS?|API_KEY)$/;

export interface Answered {
  readonly status: number;
  readonly data: Readonly<Record<string, unknown>> | null;
  readonly codes: readonly string[];
}

/** A world of canaries, fronts before its simulators, and all that was heard of its gateways so far. */
export class CanaryRun implements AsyncDisposable {
  readonly world: World;
  readonly fronts: readonly SourceFront[];
  /** Of every process. */
  environment: Readonly<Record<string, string>> = {};
  readonly #canaries: Canary[];
  readonly #heard: Heard[] = [];
  readonly #issuer: Issuer;
  /** Of what settings name by path. */
  readonly #inputs = mkdtempSync(join(tmpdir(), 'kyc-canaries-'));
  readonly #parts = new AsyncDisposableStack();

  private constructor(world: World, issuer: Issuer, canaries: Canary[], fronts: readonly SourceFront[]) {
    this.world = world;
    this.#issuer = issuer;
    this.#canaries = canaries;
    this.fronts = fronts;
    this.#parts.use(world);
    for (const front of fronts) this.#parts.use(front);
    this.#parts.defer(() => rmSync(this.#inputs, { recursive: true, force: true }));
  }

  static async create(people: number, store: 'SQLITE' | 'POSTGRES'): Promise<CanaryRun> {
    const world = await World.create({ people, store, disguise: disguised });
    const canaries = [...canariesOf(world.people), ...soak(world)];
    const known = canaries.filter((_, at) => at % 5 === 0).map(({ value }) => value);
    const origins = new Map<string, SourceFront>();
    for (const value of Object.values(world.environment)) {
      const origin = /^http:\/\/127\.0\.0\.1:\d+/.exec(value)?.[0];
      if (origin !== undefined && !origins.has(origin)) origins.set(origin, new SourceFront(origin, known));
    }
    const run = new CanaryRun(world, await createIssuer(world.folder), canaries, [...origins.values()]);
    const fronts = new Map<string, string>();
    for (const [origin, front] of origins) fronts.set(origin, await front.start());
    run.#set(fronts);
    return run;
  }

  #set(fronts: ReadonlyMap<string, string>): void {
    const behind = Object.entries(this.world.environment).map(([name, value]): [string, string] => {
      const origin = /^http:\/\/127\.0\.0\.1:\d+/.exec(value)?.[0] ?? '';
      return [name, value.replace(origin, fronts.get(origin) ?? origin)];
    });
    const environment: Record<string, string> = {
      ...Object.fromEntries(behind),
      ...this.#issuer.settings,
      ...Object.fromEntries(
        [...this.world.sandboxes.keys()].map((id) => [`${id}_WEBHOOK_SECRET`, `whsec_kanarie_${id}_7c1d9`]),
      ),
      LOG_LEVEL: 'trace',
      KYC_SECRET_KEY: randomBytes(32).toString('base64'),
      KYC_SECRET_KEYS: randomBytes(32).toString('base64'),
    };
    const { DATABASE_URL: database } = environment;
    if (database !== undefined) {
      const url = new URL(database);
      if (url.password === '') url.password = 'pwKanarie8877';
      environment['DATABASE_URL'] = url.href;
      this.keep('password of the database', url.password);
    }
    for (const [name, value] of Object.entries(environment))
      if (SECRET_VARIABLE.test(name)) this.keep(name, value);
    this.environment = environment;
  }

  /** From now on this is looked for everywhere. */
  keep(kind: string, value: string): void {
    this.#canaries.push({ kind: `secret: ${kind}`, value, person: null });
  }

  hear(where: string, bytes: Uint8Array | string, mayHold?: Heard['mayHold']): void {
    const heard = { where, bytes: typeof bytes === 'string' ? Buffer.from(bytes) : bytes };
    this.#heard.push(mayHold === undefined ? heard : { ...heard, mayHold });
  }

  /** A file that a setting or a command names. */
  inputFile(name: string, text: string): string {
    const path = join(this.#inputs, name);
    writeFileSync(path, text);
    return path;
  }

  async tokenOf(column: string, user = ''): Promise<string> {
    const caller = CALLERS[column];
    if (caller === undefined) throw new TypeError('No such caller.');
    const token = await this.#issuer.tokenOf(caller(user));
    this.keep('a token', token);
    this.keep('a signature', token.slice(token.lastIndexOf('.') + 1));
    return token;
  }

  /** Runs a command to its end. */
  async command(
    args: readonly string[],
    more: Readonly<Record<string, string>> = {},
    mayHold?: Heard['mayHold'],
  ): Promise<{ code: number; out: string }> {
    const env = { PATH: process.env['PATH'], ...this.environment, ...more };
    const child = spawn(process.execPath, [BIN, ...args], { cwd: this.#inputs, env });
    const heard = { out: '', err: '' };
    child.stdout.setEncoding('utf8').on('data', (text: string) => (heard.out += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (heard.err += text));
    const [code] = (await once(child, 'close')) as [number];
    const name = args.slice(0, 2).join(' ');
    this.hear(`standard output of ${name}`, heard.out, mayHold);
    this.hear(`standard error of ${name}`, heard.err);
    return { code, out: heard.out };
  }

  /** Starts a gateway; what it wrote is heard when it was ended. */
  async start(more: Readonly<Record<string, string>> = {}) {
    const gateway = new GatewayProcess({ ...this.environment, ...more }, this.#inputs);
    const url = await until(
      'the gateway is up or dead',
      () => gateway.url ?? (gateway.isAlive ? null : 'DEAD'),
      120_000,
    );
    return {
      url,
      end: async (signal: 'SIGKILL' | 'SIGTERM') => {
        const { stdout, stderr } = gateway.isAlive ? await gateway.end(signal) : await gateway.ended();
        this.hear('standard output', stdout);
        this.hear('standard error and log', stderr);
        return { logLines: stderr.split('\n').length };
      },
    };
  }

  /** Asks as a client does. Of who reads in clear only the errors are told apart. */
  async ask(
    url: string,
    asked: {
      readonly where: string;
      readonly headers: Readonly<Record<string, string>>;
      readonly body: string;
    },
    mayHold?: Heard['mayHold'],
  ): Promise<Answered> {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...asked.headers },
      body: asked.body,
    });
    const text = await response.text();
    this.hear(`answer: ${asked.where}`, JSON.stringify([...response.headers]) + text, mayHold);
    const { data = null, errors = [] } = readAnswer(text);
    this.hear(`errors: ${asked.where}`, JSON.stringify(errors));
    return { status: response.status, data, codes: errors.map((error) => error.extensions?.code ?? '') };
  }

  mood(mood: Mood): void {
    for (const front of this.fronts) front.mood = mood;
  }

  /** What lies on the disk, or in the database, byte for byte. */
  async hearStore(when: string): Promise<void> {
    for (const entry of readdirSync(this.world.folder, { recursive: true, withFileTypes: true }))
      if (entry.isFile())
        this.hear(`${entry.name} ${when}`, readFileSync(join(entry.parentPath, entry.name)));
    if (this.environment['DATABASE_URL'] === undefined) return;
    const { database } = this.world;
    const tables = await database.run(
      "select table_name from information_schema.tables where table_schema = 'public'",
    );
    for (const { table_name: table } of tables) {
      const rows = await database.run(`select * from "${String(table)}"`);
      const values = rows.flatMap((row) => Object.values(row).map(bytesOf));
      this.hear(`table ${String(table)} ${when}`, Buffer.concat(values));
    }
  }

  search(): Searched {
    for (const front of this.fronts)
      for (const credential of front.credentials) this.keep('a credential shown to a source', credential);
    // A short word of a setting would be found in words.
    return search(
      this.#canaries.filter(({ value }) => value.length >= 8),
      this.#heard,
    );
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#parts.disposeAsync();
  }
}

function bytesOf(value: unknown): Buffer {
  if (Buffer.isBuffer(value)) return Buffer.concat([value, Buffer.from([0])]);
  return Buffer.from(`${typeof value === 'object' ? JSON.stringify(value) : String(value)}\0`);
}

interface Sent {
  readonly data?: Readonly<Record<string, unknown>> | null;
  readonly errors?: readonly { readonly extensions?: { readonly code?: string } }[];
}

function readAnswer(text: string): Sent {
  try {
    return JSON.parse(text) as Sent;
  } catch {
    return {};
  }
}
