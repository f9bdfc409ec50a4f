import { verificationId } from '#kyc/id';
import { sourceId } from '#kyc/source-id';
import { seededUuid } from '#sources/sandbox-seed';
import { type SandboxAnswer, type SandboxCall, SandboxServer } from '#sources/sandbox-server';

const ROCKETKOR = sourceId('ROCKETKOR');
const STATUSES = ['PENDING', 'PROCESSING', 'PENDING_REVIEW', 'PENDING_DOCUMENTS'];
export const PAGE_ROWS = 100;
const FIRST_MS = Date.UTC(2026, 0, 1);

/** One answered read of a page, all of whose records were in this state. */
export interface PageRead {
  readonly page: number;
  readonly state: number;
}

interface Application {
  readonly id: string;
  readonly accountId: string;
  readonly verificationId: string;
}

/**
 * RocketKOR with applications that nobody is told of: those of a page move each time before it is read, to a state
 * that never was before. Who reads a page to the end has each state of it.
 */
export class ListedSource {
  /** By page. */
  readonly pages: readonly (readonly Application[])[];
  /** The state of each page now. */
  readonly states: number[];
  /** Reads of the whole list, in the order of their answers. */
  readonly reads: PageRead[] = [];
  isMoving = true;
  readonly #server = new SandboxServer((call) => this.#answer(call));
  #moves = 0;

  constructor(pages: number) {
    this.pages = Array.from({ length: pages }, (_, page) =>
      Array.from({ length: PAGE_ROWS }, (__, row) => {
        const id = seededUuid('listed', page * PAGE_ROWS + row);
        const accountId = seededUuid('listed account', page * PAGE_ROWS + row);
        return { id, accountId, verificationId: verificationId('IDV_APPLICATION', ROCKETKOR, id) };
      }),
    );
    this.states = this.pages.map(() => 0);
  }

  async start(): Promise<Readonly<Record<string, string>>> {
    return { ROCKETKOR_URL: await this.#server.start(), ROCKETKOR_TOKEN: 'token' };
  }

  close(): Promise<void> {
    return this.#server.close();
  }

  /**
   * Reads that surely came to their end: while a page is taken in the next one is asked for, and no other. So when the
   * two after it were asked for, one after the other, it is in the store. Else it may have been cut by a kill.
   */
  completedReads(): readonly PageRead[] {
    const after = (page: number | undefined) => ((page ?? 0) + 1) % this.pages.length;
    return this.reads.filter(({ page }, at) => {
      const [next, second] = [this.reads[at + 1]?.page, this.reads[at + 2]?.page];
      return next === after(page) && second === after(next);
    });
  }

  /** How the state of a page is told now. */
  outcome(page: number): string {
    return outcomeOf(this.states[page] ?? 0);
  }

  /** Every record and its status. */
  held(): readonly (readonly [string, string])[] {
    return this.pages.flatMap((rows, page) =>
      rows.map(({ id }) => [id, statusOf(this.states[page] ?? 0)] as const),
    );
  }

  #answer({ url }: SandboxCall): SandboxAnswer {
    const { searchParams: query } = url;
    const page = Number(query.get('page') ?? 0);
    if (query.get('accountId') !== null) return this.#listOf(this.#ofAccount(query.get('accountId')), 0);
    const status = query.get('status');
    if (status !== null) return this.#listOf(this.#withStatus(status), page);
    if (page < this.pages.length) this.#read(page);
    return this.#listOf(
      this.pages.flatMap((_, index) => index),
      page,
    );
  }

  #read(page: number): void {
    if (this.isMoving) {
      this.#moves += 1;
      this.states[page] = this.#moves;
    }
    this.reads.push({ page, state: this.states[page] ?? 0 });
  }

  #withStatus(status: string): readonly number[] {
    return this.states.flatMap((state, page) => (statusOf(state) === status ? page : []));
  }

  #ofAccount(account: string | null): readonly number[] {
    const page = this.pages.findIndex((rows) => rows.some(({ accountId }) => accountId === account));
    return page < 0 ? [] : [page];
  }

  /** A list of some of the pages. */
  #listOf(pages: readonly number[], at: number): SandboxAnswer {
    const page = pages[at];
    const content =
      page === undefined ? [] : (this.pages[page] ?? []).map((row) => shown(row, this.states[page] ?? 0));
    const body = {
      totalElements: pages.length * PAGE_ROWS,
      totalPages: pages.length,
      hasNext: at + 1 < pages.length,
      content,
    };
    return { status: 200, body };
  }
}

function statusOf(state: number): string {
  return STATUSES[state % STATUSES.length] ?? '';
}

/** How a state is told in the log. */
export function outcomeOf(state: number): string {
  return `state ${state}`;
}

function shown({ id, accountId }: Application, state: number): unknown {
  return {
    id,
    accountId,
    latestStatus: statusOf(state),
    outcome: outcomeOf(state),
    createdAt: new Date(FIRST_MS).toISOString(),
    updatedAt: new Date(FIRST_MS + state).toISOString(),
  };
}
