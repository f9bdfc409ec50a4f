import type { SandboxPerson } from '#sources/sandbox';
import { pick, seededRandom, seededUuid } from '#sources/sandbox-seed';

/** A row in Fin X's own form. Loose, because some of them are faulty on purpose. */
export type SandboxRow = { readonly id: string } & Readonly<Record<string, unknown>>;

const FIRST_CREATED_S = 1_767_600_000;
const BETWEEN_PEOPLE_S = 25_200;
const DOCUMENT_TYPES = ['passport', "driver's license", 'driver’s license', 'id_card', 'library card'];
const STATUSES = ['pending', 'pending', 'verified', 'verified', 'verified', 'failed'];

export function customerIdOf(person: SandboxPerson): string {
  return shortId('customer', person.number);
}

/** The records of one person: one, for every sixth an older one that failed beside it. */
export function recordsOf(person: SandboxPerson): readonly SandboxRow[] {
  const random = seededRandom(person.number);
  const createdAt = FIRST_CREATED_S + person.number * BETWEEN_PEOPLE_S;
  const record: SandboxRow = {
    id: shortId('record', person.number),
    customer_id: customerIdOf(person),
    verification_status: pick(STATUSES, random),
    document_type: pick(DOCUMENT_TYPES, random),
    document_number: person.documentNumber,
    created_at: createdAt,
    updated_at: createdAt + Math.floor(random() * 86_400),
  };
  const own = { ...record, ...oddityOf(person.number) };
  return person.number % 6 === 0 ? [own, earlierOf(record, person.number)] : [own];
}

function earlierOf(record: SandboxRow, number: number): SandboxRow {
  const createdAt = FIRST_CREATED_S - 86_400 + number * BETWEEN_PEOPLE_S;
  return {
    ...record,
    id: shortId('earlier record', number),
    verification_status: 'failed',
    created_at: createdAt,
    updated_at: createdAt + 3_600,
  };
}

/** What real data hold and no document shows: for one person in about seven. */
function oddityOf(number: number): Readonly<Record<string, unknown>> {
  switch (number % 37) {
    case 5:
      return { verification_status: 'on_hold' };
    case 11:
      return { created_at: String(FIRST_CREATED_S) };
    case 17:
      return { created_at: 1e17 };
    case 23:
      return { document_type: null, document_number: null };
    case 29:
      return { document_type: '', document_number: '' };
    default:
      return {};
  }
}

const NEXT_STATUSES: ReadonlyMap<unknown, readonly string[]> = new Map([
  ['pending', ['verified', 'verified', 'failed']],
  ['verified', ['failed']],
  ['failed', ['pending']],
]);

/** The row after its status moved; `updated_at` moves on with the clock. A verified one may be revoked. */
export function moved(row: SandboxRow, random: () => number): SandboxRow {
  const status = pick(NEXT_STATUSES.get(row['verification_status']) ?? ['pending'], random);
  const nowS = Math.floor(Date.now() / 1000);
  const before = typeof row['updated_at'] === 'number' ? row['updated_at'] : 0;
  return { ...row, verification_status: status, updated_at: Math.max(nowS, before + 1) };
}

/** Sixteen letters and digits, as in the document's samples. */
function shortId(...words: readonly (string | number)[]): string {
  return Buffer.from(seededUuid('finx', ...words).replaceAll('-', ''), 'hex')
    .toString('base64')
    .replaceAll(/[^A-Za-z0-9]/g, 'x')
    .slice(0, 16);
}
