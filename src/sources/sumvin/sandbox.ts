import type { SandboxFault, SandboxPerson, SourceSandbox } from '#sources/sandbox';
import { pick, seededRandom, seededUuid } from '#sources/sandbox-seed';
import { type SandboxAnswer, type SandboxCall, SandboxServer } from '#sources/sandbox-server';
import type { OwnerCredential } from '#sources/source';

import { normalizeDetails, SUMVIN } from './normalize.ts';
import { createDetails, type SandboxDetails, setStatus } from './sandbox-details.ts';

/** Where a record goes next. Words that are not here never move. */
const NEXT: Readonly<Record<string, readonly string[]>> = {
  pending: ['in_progress'],
  in_progress: ['approved', 'approved', 'approved', 'retry', 'rejected'],
  retry: ['in_progress'],
  rejected: ['retry'],
  approved: ['in_progress', 'in_progress', 'rejected'],
};
const TIME_FIELD = /(_at|^timestamp|^period_start|^period_end)$/;

interface Holding {
  readonly owner: OwnerCredential;
  readonly details: SandboxDetails;
}

/** Sumvin's details endpoint: whoever's token it is gets their own record and no other. */
export class SumvinSandbox implements SourceSandbox {
  readonly source = SUMVIN;
  readonly #server = new SandboxServer((call) => this.#answer(call));
  /** By the number of the person. */
  readonly #holdings: Map<number, Holding>;
  /** By token, also of people whose record is gone. */
  readonly #numbers: Map<string, number>;
  readonly #random = seededRandom(2);

  constructor(people: readonly SandboxPerson[]) {
    const known = people.filter((person) => person.sources.includes(SUMVIN));
    this.#holdings = new Map(
      known.map((person) => [person.number, { owner: ownerOf(person), details: createDetails(person) }]),
    );
    this.#numbers = new Map([...this.#holdings].map(([number, { owner }]) => [owner.credential, number]));
  }

  async start(): Promise<Readonly<Record<string, string>>> {
    return { SUMVIN_URL: await this.#server.start() };
  }

  close(): Promise<void> {
    return this.#server.close();
  }

  /** Sumvin names nobody: this is what a caller who connects the owner calls them. */
  externalUserIdOf(person: SandboxPerson): string | null {
    return person.sources.includes(SUMVIN) ? `owner-${String(person.number).padStart(4, '0')}` : null;
  }

  credentialOf(person: SandboxPerson): OwnerCredential | null {
    return this.#holdings.get(person.number)?.owner ?? null;
  }

  /** As a plain read answers them: of the personal fields the name alone. */
  records(): readonly unknown[] {
    return [...this.#holdings.values()].map(({ details }) => plain(details));
  }

  /** The record of one person as a plain read answers it; null for people who are not known. */
  recordOf(person: SandboxPerson): unknown {
    const holding = this.#holdings.get(person.number);
    return holding === undefined ? null : plain(holding.details);
  }

  /** Moves one to three records. */
  move(): void {
    const all = [...this.#holdings.values()].map(({ details }) => details);
    const movable = all.filter(({ status }) => String(status) in NEXT);
    for (let left = 1 + Math.floor(this.#random() * 3); left > 0 && movable.length > 0; left -= 1) {
      const open = movable.filter(({ status }) => status !== 'approved');
      const details = pick(open.length > 0 && this.#random() < 0.6 ? open : movable, this.#random);
      setStatus(details, pick(NEXT[String(details.status)] ?? [], this.#random), Date.now());
      movable.splice(movable.indexOf(details), 1);
    }
  }

  /** A record is known by who it says its user is; the personal fields that `records()` leaves out are made anew. */
  restore(records: readonly unknown[]): void {
    const byUser = new Map([...this.#holdings.values()].map(({ details }) => [userLink(details), details]));
    for (const record of structuredClone(records)) {
      const details = byUser.get(userLink(record));
      if (details !== undefined) Object.assign(details, record, { personal_info: details.personal_info });
    }
  }

  /** Gives the record of a person another status, now. */
  setStatus(person: SandboxPerson, status: string): void {
    setStatus(this.#holding(person).details, status, Date.now());
  }

  /** Changes fields of the record of a person, to whatever. */
  change(person: SandboxPerson, fields: Partial<SandboxDetails>): void {
    Object.assign(this.#holding(person).details, fields);
  }

  /** The person stays, the record goes. */
  remove(person: SandboxPerson): void {
    this.#holdings.delete(person.number);
  }

  /** From now on the token of the person is refused. */
  revoke(person: SandboxPerson): void {
    this.#numbers.delete(this.#holding(person).owner.credential);
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

  #holding(person: SandboxPerson): Holding {
    const holding = this.#holdings.get(person.number);
    if (holding === undefined) throw new RangeError('The sandbox does not know this person.');
    return holding;
  }

  #answer({ method, url, headers }: SandboxCall): SandboxAnswer {
    const number = this.#numbers.get(String(headers['x-sumvin-pat']));
    if (number === undefined) return problem(401, 'Unauthorized');
    const holding = this.#holdings.get(number);
    if (url.pathname !== '/v0/kyc/details' || holding === undefined) return problem(404, 'Not Found');
    if (method !== 'GET') return problem(405, 'Method Not Allowed');
    if ((headers['x-juno-orgid'] ?? null) !== holding.owner.tenant) return problem(403, 'Forbidden');
    const { details } = holding;
    const body = url.searchParams.get('refresh') === 'true' ? details : plain(details);
    return { status: 200, body: headers['x-timestamp-format'] === 'iso8601' ? withIsoTimes(body) : body };
  }
}

/** Every third owner belongs to a tenant. */
function ownerOf(person: SandboxPerson): OwnerCredential {
  const tenant = person.number % 3 === 0 ? `org-${person.number % 2}` : null;
  return { credential: `pat_${seededUuid('sumvin pat', person.number)}`, tenant };
}

function userLink(record: unknown): string {
  return normalizeDetails(record, 'restored')?.owner ?? '';
}

/** "Only name is stored locally." */
function plain(details: SandboxDetails): unknown {
  const info = details.personal_info;
  if (info === null) return details;
  return { ...details, personal_info: { first_name: info['first_name'], last_name: info['last_name'] } };
}

/** "UTC ISO 8601 strings of the form YYYY-MM-DDTHH:MM:SSZ", recursively, by the name of the field. */
function withIsoTimes(value: unknown, name = ''): unknown {
  if (Array.isArray(value)) return value.map((item) => withIsoTimes(item));
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, withIsoTimes(item, key)]));
  }
  if (typeof value !== 'number' || !TIME_FIELD.test(name) || value > 8.64e15) return value;
  return new Date(value).toISOString().replace(/\.\d{3}Z$/, 'Z');
}

function problem(status: number, title: string): SandboxAnswer {
  return { status, headers: { 'content-type': 'application/problem+json' }, body: { title, status } };
}
