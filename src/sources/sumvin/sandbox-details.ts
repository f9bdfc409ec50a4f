import type { SandboxPerson } from '#sources/sandbox';
import { pick, seededRandom, seededUuid } from '#sources/sandbox-seed';

/** What the simulator holds of one owner: the answer in epoch milliseconds, with all personal fields. */
export interface SandboxDetails {
  status: unknown;
  started_at: unknown;
  verified_at: unknown;
  rejected_at: unknown;
  verification_complete?: unknown;
  verification_passed?: unknown;
  rejection: unknown;
  personal_info: Record<string, unknown> | null;
  readonly documents: readonly Record<string, unknown>[];
  readonly [field: string]: unknown;
}

const STATUSES = [
  'approved',
  'approved',
  'approved',
  'approved',
  'pending',
  'in_progress',
  'retry',
  'rejected',
];
const DAY_MS = 86_400_000;
const FIRST_MS = Date.UTC(2025, 0, 1);
const REASONS = ['The photo is blurred.', 'The document has expired.', 'Das Gesicht ist nicht zu erkennen.'];

export function createDetails(person: SandboxPerson): SandboxDetails {
  const random = seededRandom(person.number * 104_729);
  const startedMs = FIRST_MS + Math.floor(random() * 500 * DAY_MS);
  const details: SandboxDetails = {
    _links: linksOf(person),
    status: 'pending',
    started_at: null,
    verified_at: null,
    rejected_at: null,
    verification_complete: false,
    verification_passed: false,
    rejection: null,
    personal_info: {
      first_name: person.givenName,
      last_name: person.familyName,
      date_of_birth: person.dateOfBirth,
      nationality: person.nationality,
      country_of_residence: person.number % 5 === 0 ? 'PT' : person.nationality,
    },
    documents: documentsOf(person, startedMs + 3_600_000, random),
  };
  setStatus(details, pick(STATUSES, random), startedMs + 2 * DAY_MS, startedMs);
  return Object.assign(details, oddityOf(person.number));
}

/** Gives the record a status and all that goes with it. */
export function setStatus(details: SandboxDetails, status: string, atMs: number, startedMs = atMs): void {
  details.status = status;
  if (status !== 'pending') details.started_at ??= startedMs;
  details.verified_at = status === 'approved' ? atMs : null;
  details.rejected_at = status === 'rejected' ? atMs : null;
  details.verification_complete = status === 'approved' || status === 'rejected';
  details.verification_passed = status === 'approved';
  const message = REASONS[atMs % REASONS.length] ?? null;
  const isTurnedDown = status === 'retry' || status === 'rejected';
  details.rejection = isTurnedDown ? { can_retry: status === 'retry' || atMs % 2 === 0, message } : null;
}

function linksOf(person: SandboxPerson) {
  const link = (href: string, description: string) => ({
    href,
    method: 'GET',
    templated: false,
    description,
  });
  return {
    self: link('https://api.sumvin.example/v0/kyc/details', 'These details'),
    user: link(`https://api.sumvin.example/v0/users/${seededUuid('sumvin user', person.number)}`, 'The user'),
    status: link('https://api.sumvin.example/v0/kyc/status', 'The status alone'),
    'access-token': link('https://api.sumvin.example/v0/kyc/access-token', 'A token for the widget'),
  };
}

function documentsOf(person: SandboxPerson, submittedMs: number, random: () => number) {
  return Array.from({ length: person.number % 3 }, (_, index) => ({
    document_type: pick(['PASSPORT', 'ID_CARD', 'DRIVERS'], random),
    country: person.nationality,
    submitted_at: submittedMs + index * 60_000,
    image_ids: [seededUuid('front', person.number, index), seededUuid('back', person.number, index)],
  }));
}

/** What real data does now and then, to a fixed share of people. */
function oddityOf(number: number): Partial<SandboxDetails> {
  switch (number % 37) {
    case 3:
      return { status: 'on_hold' };
    case 7:
      return { status: 'approved', verification_passed: false };
    case 11:
      return { status: 'approved', verified_at: 9e15, verification_passed: true };
    case 15:
      return { personal_info: null, rejection: null };
    case 19:
      return { personal_info: { first_name: '', last_name: '' } };
    case 23:
      return { verification_complete: undefined, verification_passed: undefined };
    case 27:
      return { documents: [{ document_type: 'PASSPORT', submitted_at: 'yesterday', image_ids: null }] };
    case 31:
      return { status: 'In-Progress' };
    default:
      return {};
  }
}
