import type { SandboxPerson } from '#sources/sandbox';
import { pick, seededRandom, seededUuid } from '#sources/sandbox-seed';

/** A record as the simulator sends it; oddities may put anything anywhere. */
export type SandboxRow = Readonly<Record<string, unknown>>;

const FIRST_CREATED_MS = Date.parse('2026-01-05T08:00:00Z');
const BETWEEN_PEOPLE_MS = 25_200_000;
const DAY_MS = 86_400_000;
const STATUSES = [
  'pending',
  'applied',
  'in_review',
  'approved',
  'approved',
  'completed',
  'rejected',
  'failed',
];
const REASONS = ['Document expired', 'Face does not match', 'Name does not match the document'];

export function userIdOf(person: SandboxPerson): string {
  return seededUuid('finogates', 'user', person.number);
}

/** The records of one person: one, for every fifth an older one that was rejected beside it. */
export function recordsOf(person: SandboxPerson): readonly SandboxRow[] {
  const { number } = person;
  const random = seededRandom(number);
  const createdAtMs = FIRST_CREATED_MS + number * BETWEEN_PEOPLE_MS;
  const row = createRow(person, 'record', createdAtMs);
  const decidedAtMs = createdAtMs + Math.floor(random() * DAY_MS);
  const own = { ...decided(row, pick(STATUSES, random), decidedAtMs, random), ...oddityOf(number) };
  if (number % 5 !== 0) return [own];
  const earlier = createRow(person, 'earlier record', createdAtMs - 30 * DAY_MS);
  return [own, decided(earlier, 'rejected', createdAtMs - 29 * DAY_MS, random)];
}

function createRow(person: SandboxPerson, name: string, createdAtMs: number): SandboxRow {
  return {
    id: seededUuid('finogates', name, person.number),
    status: 'pending',
    created_at: second(createdAtMs),
    updated_at: second(createdAtMs),
    approved_at: null,
    rejected_at: null,
    decline_reason: null,
    user_id: userIdOf(person),
    subject_email: person.email,
    subject_name: `${person.givenName} ${person.familyName}`,
    inquiry_id: `inq_${seededUuid('finogates', 'inquiry', name, person.number).slice(0, 8)}`,
    provider_code: person.number % 2 === 0 ? 'persona' : 'sumsub',
    provider_status: 'created',
  };
}

/** The row with another status, and the times and words that belong to it. */
function decided(row: SandboxRow, status: string, atMs: number, random: () => number): SandboxRow {
  const at = atMs % 1000 === 0 ? second(atMs) : new Date(atMs).toISOString();
  const isApproved = status === 'approved' || status === 'completed';
  const isRejected = status === 'rejected';
  return {
    ...row,
    status,
    updated_at: at,
    // A revoked approval keeps the time at which it was given.
    approved_at: isApproved ? at : isRejected ? row['approved_at'] : null,
    rejected_at: isRejected ? at : null,
    decline_reason: isRejected ? pick(REASONS, random) : null,
    provider_status: isApproved ? 'completed' : isRejected ? 'declined' : 'open',
  };
}

/** What real data hold and no document shows: for one person in about six. */
function oddityOf(number: number): SandboxRow {
  switch (number % 31) {
    case 4:
      return { status: 'escalated' };
    case 9:
      return { created_at: '2023-02-30T00:00:00Z' };
    case 14:
      return {
        subject_name: null,
        subject_email: null,
        provider_code: null,
        provider_status: null,
        inquiry_id: null,
      };
    case 19:
      return { subject_name: '', decline_reason: '', approved_at: '', rejected_at: '' };
    case 24:
      return { provider_status: { code: 'open' }, a_field_of_tomorrow: true };
    default:
      return {};
  }
}

const NEXT_STATUSES: ReadonlyMap<unknown, readonly string[]> = new Map([
  ['pending', ['in_review', 'in_review', 'approved', 'failed']],
  ['applied', ['pending', 'in_review']],
  ['in_review', ['approved', 'approved', 'completed', 'rejected', 'failed']],
  ['approved', ['rejected', 'in_review']],
  ['completed', ['rejected', 'in_review']],
  ['rejected', ['pending', 'in_review']],
  ['failed', ['pending']],
]);

/** True for a status that waits for somebody. */
export function isOpen({ status }: SandboxRow): boolean {
  return status === 'pending' || status === 'applied' || status === 'in_review';
}

/** True for a row whose status can go on. */
export function isMovable({ status }: SandboxRow): boolean {
  return NEXT_STATUSES.has(status);
}

/** The row after its status moved, by the clock. An approval may be revoked, a rejection be looked at again. */
export function moved(row: SandboxRow, random: () => number): SandboxRow {
  return withStatus(row, pick(NEXT_STATUSES.get(row['status']) ?? ['pending'], random), random);
}

/** The row with this status from now on; `updated_at` always moves on. */
export function withStatus(row: SandboxRow, status: string, random: () => number): SandboxRow {
  const before = typeof row['updated_at'] === 'string' ? Date.parse(row['updated_at']) : Number.NaN;
  const atMs = Math.max(Date.now(), Number.isNaN(before) ? 0 : before + 1);
  return decided(row, status, atMs, random);
}

function second(atMs: number): string {
  return new Date(atMs).toISOString().replace(/\.\d{3}Z$/, 'Z');
}
