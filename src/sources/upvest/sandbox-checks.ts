import type { SandboxPerson } from '#sources/sandbox';
import { pick, seededRandom, seededUuid } from '#sources/sandbox-seed';

/** A check as the simulator holds and sends it. */
export interface SandboxCheck {
  readonly id: string;
  readonly user_id: string;
  status: unknown;
  check_confirmed_at?: unknown;
  readonly [field: string]: unknown;
}

const METHODS = ['VIDEO_ID', 'ON_SITE', 'EID'];
const DOCUMENT_TYPES = ['ID_CARD', 'PASSPORT', 'RESIDENCE_PERMIT', 'DRIVING_LICENCE'];
const STATUSES = ['PASSED', 'PASSED', 'PASSED', 'PASSED', 'PASSED', 'IN_PROGRESS', 'PENDING', 'FAILED'];

export function userIdOf(person: SandboxPerson): string {
  return seededUuid('upvest user', person.number);
}

/** The one to four checks of a person; a KYC check first, for every eighth a refresh of it too. */
export function createChecks(person: SandboxPerson): SandboxCheck[] {
  const random = seededRandom(person.number * 7919);
  const hasRefresh = person.number % 8 === 0;
  const rest = hasRefresh ? [refreshOf(person, random)] : [];
  rest.push(compliance(person, random), residence(person, random), instrumentFit(person, random));
  const all = [identity(person, random), ...rest].slice(0, hasRefresh ? 4 : 1 + (person.number % 4));
  return all.map((fields, index) => ({
    id: seededUuid('upvest check', person.number, index),
    user_id: userIdOf(person),
    status: pick(STATUSES, random),
    ...fields,
    ...(index === 0 ? oddityOf(person.number) : {}),
  }));
}

type Fields = Record<string, unknown>;

function identity(person: SandboxPerson, random: () => number): Fields {
  return {
    type: 'KYC',
    check_confirmed_at: confirmedAt(random),
    data_download_link: `https://bucket.customer.example/ident/${person.number}.zip`,
    document_type: pick(DOCUMENT_TYPES, random),
    // Every ninth stands on a document that has expired since.
    document_expiration_date: person.number % 9 === 0 ? '2024-03-31' : `203${person.number % 10}-06-30`,
    nationality: person.nationality,
    provider: pick(['IDNOW', 'KYC provider'], random),
    method: pick(METHODS, random),
    confirmed_address: addressOf(person),
  };
}

function refreshOf(person: SandboxPerson, random: () => number): Fields {
  return { ...identity(person, random), document_expiration_date: '2036-01-01', kyc_update: true };
}

function compliance(person: SandboxPerson, random: () => number): Fields {
  const status = person.number % 20 === 0 ? 'FAILED' : 'PASSED';
  return { type: 'COMPLIANCE', check_confirmed_at: confirmedAt(random), status };
}

function residence(person: SandboxPerson, random: () => number): Fields {
  return {
    type: 'POR',
    check_confirmed_at: confirmedAt(random),
    issuance_date: `2026-0${1 + (person.number % 9)}-01`,
    // The document's own sample has a broken link here.
    data_download_link: `https: //bucket.customer.example/por/${person.number}.zip`,
    document_type: 'UTILITY_BILL',
    confirmed_address: addressOf(person),
  };
}

function instrumentFit(person: SandboxPerson, random: () => number): Fields {
  const instrument_suitability = { suitability: person.number % 5 !== 0 };
  return { type: 'INSTRUMENT_FIT', check_confirmed_at: confirmedAt(random), instrument_suitability };
}

/** RFC 3339 in its forms: UTC, an offset, nanoseconds. */
function confirmedAt(random: () => number): string {
  const at = Temporal.Instant.from('2025-01-01T00:00:00Z').add({
    seconds: Math.floor(random() * 57_000_000),
  });
  const form = random();
  if (form < 0.1) return at.toString({ timeZone: '+02:00' });
  return form < 0.2 ? at.add({ nanoseconds: 820_371_265 }).toString() : at.toString();
}

function addressOf(person: SandboxPerson): Fields {
  return {
    address_line1: person.street,
    ...(person.number % 3 === 0 ? { address_line2: 'apt. 33', state: `${person.city} State` } : {}),
    postcode: String(10_000 + person.number),
    city: person.city,
    country: person.nationality,
  };
}

/** What real data does now and then, to the first check of a fixed share of people. */
function oddityOf(number: number): Fields {
  switch (number % 37) {
    case 4:
      return { status: 'AWAITING_REVIEWER' };
    case 7:
      return { document_expiration_date: '2023-02-30' };
    case 11:
      return { status: 'PASSED', check_confirmed_at: '2025-02-30T25:00:00Z' };
    case 15:
      return { provider: null, method: null, confirmed_address: null, kyc_update: null };
    case 19:
      return { provider: '', nationality: '', data_download_link: '' };
    case 23:
      return { status: 'in progress' };
    case 27:
      return { type: 'SOURCE_OF_FUNDS' };
    case 31:
      return { status: null };
    default:
      return {};
  }
}
