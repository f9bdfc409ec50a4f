import type { SandboxDelivery, SandboxFault, SandboxPerson, SourceSandbox } from '#sources/sandbox';
import { pick, seededRandom } from '#sources/sandbox-seed';
import { type SandboxAnswer, type SandboxCall, SandboxServer } from '#sources/sandbox-server';

import { signWithTime } from './changes.ts';
import { FINOGATES } from './normalize.ts';
import {
  isMovable,
  isOpen,
  moved,
  recordsOf,
  type SandboxRow,
  userIdOf,
  withStatus,
} from './sandbox-records.ts';
import { CLIENT_ID, CLIENT_SECRET, envelope, SandboxTokens, TOKEN_PATH } from './sandbox-tokens.ts';

const LIST_PATH = '/v1/platform/kyc-records';
const DEFAULT_LIMIT = 50;
const MAX_LIMIT = 200;

/** Finogates' list of KYC records, the newest first, with its token endpoint. */
export class FinogatesSandbox implements SourceSandbox {
  readonly source = FINOGATES;
  readonly tokens = new SandboxTokens();
  /** More rows than these are not given, whatever limit is asked for. */
  highestLimit = MAX_LIMIT;
  /** Called after each answered page, before the next can be asked for. */
  onPage: (count: number) => void = () => {};
  readonly #server = new SandboxServer(
    (call) => this.#answer(call),
    (url) => url.pathname === TOKEN_PATH,
  );
  readonly #random = seededRandom(1);
  #rows: SandboxRow[];
  #pages = 0;
  #tell: (row: SandboxRow) => void = () => {};

  constructor(people: readonly SandboxPerson[]) {
    const known = people.filter((person) => person.sources.includes(FINOGATES));
    this.#rows = known.flatMap(recordsOf).toSorted(newestFirst);
  }

  async start(): Promise<Readonly<Record<string, string>>> {
    const url = await this.#server.start();
    return {
      FINOGATES_URL: url,
      FINOGATES_TOKEN_URL: `${url}${TOKEN_PATH}`,
      FINOGATES_CLIENT_ID: CLIENT_ID,
      FINOGATES_CLIENT_SECRET: CLIENT_SECRET,
    };
  }

  close(): Promise<void> {
    return this.#server.close();
  }

  externalUserIdOf(person: SandboxPerson): string | null {
    return person.sources.includes(FINOGATES) ? userIdOf(person) : null;
  }

  credentialOf(): null {
    return null;
  }

  records(): readonly SandboxRow[] {
    return this.#rows;
  }

  /** Moves one to three records, open ones more often. */
  move(): void {
    const movable = this.#rows.filter(isMovable);
    for (let left = 1 + Math.floor(this.#random() * 3); left > 0 && movable.length > 0; left -= 1) {
      const open = movable.filter(isOpen);
      const row = pick(open.length > 0 && this.#random() < 0.7 ? open : movable, this.#random);
      this.#replace(row, moved(row, this.#random));
      movable.splice(movable.indexOf(row), 1);
    }
  }

  restore(records: readonly unknown[]): void {
    this.#rows = structuredClone(records).filter(isRow);
  }

  /** Gives a record another status, with the times that belong to it. */
  setStatus(id: string, status: string): void {
    const row = this.#rows.find((one) => one['id'] === id);
    if (row === undefined) throw new RangeError('The sandbox has no such record.');
    this.#replace(row, withStatus(row, status, this.#random));
  }

  /** As its published examples have it, the id of an event is that of the user. */
  tellTo(secret: string, send: (delivery: SandboxDelivery) => void): void {
    this.#tell = ({ user_id, status }) => {
      const body = JSON.stringify({
        id: user_id,
        type: `kyc.${String(status)}`,
        data: { user_id, kyc_status: status },
      });
      send({ headers: signWithTime(secret, body, Math.floor(Date.now() / 1000)), body });
    };
  }

  /** Puts a row into the list as it would be sent, whatever is in it: in front, or at an index. */
  add(row: SandboxRow, index = 0): void {
    this.#rows = this.#rows.toSpliced(index, 0, row);
  }

  remove(id: unknown): void {
    this.#rows = this.#rows.filter((row) => row['id'] !== id);
  }

  get fault(): SandboxFault {
    return this.#server.fault;
  }

  set fault(fault: SandboxFault) {
    this.#server.fault = fault;
  }

  get requests() {
    return this.#server.requests;
  }

  get tokenRequests(): number {
    return this.#server.tokenRequests;
  }

  #replace(row: SandboxRow, by: SandboxRow): void {
    this.#rows = this.#rows.map((one) => (one === row ? by : one));
    this.#tell(by);
  }

  #answer(call: SandboxCall): SandboxAnswer {
    if (call.url.pathname === TOKEN_PATH) return this.tokens.grant(call);
    if (!this.tokens.isValid(call.headers.authorization)) return envelope(401, { message: 'Unauthorized' });
    if (call.url.pathname !== LIST_PATH) return envelope(404, { message: 'Not Found' });
    if (call.method !== 'GET') return envelope(405, { message: 'Method Not Allowed' });
    const answer = this.#page(call.url.searchParams);
    if (answer.status === 200) this.onPage((this.#pages += 1));
    return answer;
  }

  #page(query: URLSearchParams): SandboxAnswer {
    const asked = wholeNumber(query.get('limit') ?? String(DEFAULT_LIMIT));
    const offset = wholeNumber(query.get('offset') ?? '0');
    if (offset === null || asked === null || asked < 1 || asked > MAX_LIMIT) {
      return envelope(422, { message: 'limit must be 1 to 200, offset 0 or more.' });
    }
    const limit = Math.min(asked, this.highestLimit);
    const status = query.get('status_filter');
    const rows = this.#rows.filter((row) => status === null || row['status'] === status);
    return envelope(200, rows.slice(offset, offset + limit), {
      row_count: rows.length,
      limit,
      current_page: Math.floor(offset / limit) + 1,
      total_page_number: Math.ceil(rows.length / limit),
      next_cursor:
        offset + limit < rows.length ? Buffer.from(String(offset + limit)).toString('base64url') : null,
    });
  }
}

function wholeNumber(text: string): number | null {
  return /^\d{1,9}$/.test(text) ? Number(text) : null;
}

/** By the sender's own clock; a time that is none stays where the sort finds it. */
function newestFirst(one: SandboxRow, other: SandboxRow): number {
  return String(other['created_at']).localeCompare(String(one['created_at']));
}

function isRow(record: unknown): record is SandboxRow {
  return typeof record === 'object' && record !== null && 'id' in record && 'user_id' in record;
}
