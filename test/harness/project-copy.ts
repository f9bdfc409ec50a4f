import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, relative } from 'node:path';

const PROJECT = join(import.meta.dirname, '../..');
/** What is installed, built, or no part of the project. */
const LEFT_OUT = new Set(['node_modules', 'dist', 'data', 'coverage', '.git', '.env']);
const MAX_OUTPUT_BYTES = 2 ** 24;

export interface Outcome {
  readonly code: number;
  /** Both streams, one after the other. */
  readonly output: string;
}

/** The project as it stands in its folder, copied to where it may be changed; what is installed is shared. */
export class ProjectCopy implements Disposable {
  readonly root = mkdtempSync(join(tmpdir(), 'kyc-project-'));
  readonly #before: ReadonlyMap<string, string>;

  constructor() {
    cpSync(PROJECT, this.root, { recursive: true, filter: (path) => !LEFT_OUT.has(basename(path)) });
    symlinkSync(join(PROJECT, 'node_modules'), join(this.root, 'node_modules'), 'dir');
    this.#before = this.#digests();
  }

  /** The files that are there now and were not, that are gone, or that hold something else. */
  changed(): readonly string[] {
    const now = this.#digests();
    const paths = new Set([...this.#before.keys(), ...now.keys()]);
    return [...paths].filter((path) => this.#before.get(path) !== now.get(path)).toSorted();
  }

  read(path: string): string {
    return readFileSync(join(this.root, path), 'utf8');
  }

  /** Runs an installed command, or with `node` a file, in the copy's folder with a bare environment. */
  run(command: string, ...args: readonly string[]): Promise<Outcome> {
    const { promise, resolve } = Promise.withResolvers<Outcome>();
    const program = command === 'node' ? process.execPath : join(this.root, 'node_modules/.bin', command);
    const path = `${join(this.root, 'node_modules/.bin')}:${process.env['PATH']}`;
    const env = { PATH: path, HOME: process.env['HOME'], TMPDIR: tmpdir(), NO_COLOR: '1' };
    execFile(program, args, { cwd: this.root, env, maxBuffer: MAX_OUTPUT_BYTES }, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code ?? 1), output: stdout + stderr });
    });
    return promise;
  }

  [Symbol.dispose](): void {
    rmSync(this.root, { recursive: true, force: true });
  }

  #digests(): ReadonlyMap<string, string> {
    const files = filesBelow(this.root).map((file) => [relative(this.root, file), digestOf(file)] as const);
    return new Map(files);
  }
}

function filesBelow(folder: string): readonly string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    // A link, to what is installed, is neither.
    if (entry.isDirectory()) return filesBelow(path);
    return entry.isFile() ? [path] : [];
  });
}

function digestOf(file: string): string {
  return createHash('sha256').update(readFileSync(file)).digest('hex');
}
