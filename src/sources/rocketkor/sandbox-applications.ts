import type { SandboxPerson } from '#sources/sandbox';
import { pick, seededRandom, seededUuid } from '#sources/sandbox-seed';

/** Wire form of RocketKOR, with fields loose where some are faulty on purpose. */
export interface SandboxEntry {
  readonly id: string;
  readonly status: string;
  readonly message: string;
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly outcome?: string | null;
  readonly entityId?: string;
}

interface Named {
  readonly firstName: string | null;
  readonly lastName: string | null;
  readonly legalName: string | null;
}

export interface SandboxEntity extends Named {
  readonly accountId: string;
  readonly entityType: string;
  readonly status: string;
  readonly outcome: string | null;
  readonly outcomeDetails: readonly unknown[];
  readonly statusHistory: readonly SandboxEntry[];
  readonly processingSummary: Readonly<Record<string, unknown>> | null;
  readonly docUploadUrl: string | null;
  readonly createdAt: string;
  readonly createdBy: unknown;
  readonly updatedBy: unknown;
  readonly updatedAt: string;
}

export interface SandboxApplication extends Named {
  readonly id: string;
  readonly businessAccountId: string;
  readonly accountId: string;
  readonly identityVerificationProfileId: unknown;
  readonly accountType: string;
  readonly latestStatus: string;
  readonly outcome: string | null;
  readonly statusHistory: readonly SandboxEntry[];
  readonly metadata: unknown;
  readonly completedAt: string | null;
  readonly createdAt: string;
  readonly createdBy: unknown;
  readonly updatedBy: unknown;
  readonly updatedAt: string;
  readonly entities: readonly SandboxEntity[];
}

const FIRST_CREATED_MS = Date.UTC(2026, 0, 5, 9, 30);
const BETWEEN_PEOPLE_MS = 25_200_250;
const STEP_MS = 660_000;
const EMPLOYEE = { id: seededUuid('rocketkor employee'), type: 'EMPLOYEE' };
const SYSTEM = { id: null, type: 'SYSTEM' };
/** The last step of each path is where the application stands when the simulator starts. */
const PATHS: readonly (readonly string[])[] = [
  [],
  ['PENDING'],
  ['PENDING', 'PROCESSING'],
  ['PENDING', 'PROCESSING', 'PENDING_REVIEW'],
  ['PENDING', 'PROCESSING', 'PENDING_DOCUMENTS'],
  ['PENDING', 'PROCESSING', 'AWAITING_INFORMATION'],
  ['PENDING', 'PROCESSING', 'COMPLETED'],
  ['PENDING', 'PROCESSING', 'COMPLETED'],
  ['PENDING', 'PROCESSING', 'PENDING_REVIEW', 'COMPLETED'],
  ['PENDING', 'EXPIRED'],
  ['PENDING', 'ERROR'],
];
const OUTCOMES = ['Approved', 'Approved', 'APPROVED', 'Denied', 'DECLINED', 'Rejected', 'Manual Review'];

export function accountIdOf(person: SandboxPerson): string {
  return seededUuid('rocketkor account', person.number);
}

/** The applications of one person: one, for every seventh an older one that expired beside it. `others` may be its entities. */
export function applicationsOf(
  person: SandboxPerson,
  others: readonly SandboxPerson[],
): readonly SandboxApplication[] {
  const random = seededRandom(person.number);
  const createdMs = FIRST_CREATED_MS + person.number * BETWEEN_PEOPLE_MS;
  const path = pick(PATHS, random);
  const outcome = pick(OUTCOMES, random);
  const application = alongPath(created(person, others, 'application', createdMs), path, outcome);
  const own = withOddity(application, person.number);
  if (person.number % 7 !== 0) return [own];
  const earlier = created(person, [], 'earlier application', createdMs - 86_400_000);
  return [own, alongPath(earlier, ['PENDING', 'EXPIRED'], null)];
}

/** The application with a next status, as RocketKOR would show it from `at` on: history, entities and times move with it. */
export function stepped(
  application: SandboxApplication,
  status: string,
  outcome: string | null,
  at: string,
): SandboxApplication {
  const isDone = status === 'COMPLETED';
  const entry = {
    id: seededUuid(application.id, application.statusHistory.length),
    status,
    message: `moved_to_${status.toLowerCase()}`,
    createdAt: at,
    updatedAt: at,
  };
  return {
    ...application,
    latestStatus: status,
    outcome: isDone ? outcome : null,
    completedAt: isDone ? at : null,
    updatedAt: at,
    updatedBy: SYSTEM,
    statusHistory: [...application.statusHistory, isDone ? { ...entry, outcome } : entry],
    entities: application.entities.map((entity) => steppedEntity(entity, entry, isDone ? outcome : null)),
  };
}

function steppedEntity(entity: SandboxEntity, entry: SandboxEntry, outcome: string | null): SandboxEntity {
  const ownEntry = {
    ...entry,
    id: seededUuid(entry.id, entity.accountId),
    entityId: seededUuid('rocketkor entity', entity.accountId),
  };
  const reason = { name: 'Phone match', type: 'Fraud check' };
  const details = { outcomeReasons: [reason], tags: ['Phone number matched'] };
  const uploadUrl = `https://upload.rocketkor.example/${entity.accountId}`;
  return {
    ...entity,
    status: entry.status,
    outcome: outcome?.toUpperCase() ?? null,
    outcomeDetails: outcome === null ? [] : [details],
    statusHistory: [...entity.statusHistory, ownEntry],
    docUploadUrl: entry.status === 'PENDING_DOCUMENTS' ? uploadUrl : '',
    updatedAt: entry.updatedAt,
    updatedBy: SYSTEM,
  };
}

function alongPath(
  application: SandboxApplication,
  path: readonly string[],
  outcome: string | null,
): SandboxApplication {
  const startMs = Date.parse(application.createdAt);
  return path.reduce(
    (held, status, index) => stepped(held, status, outcome, isoOf(startMs + (index + 1) * STEP_MS)),
    application,
  );
}

function created(
  person: SandboxPerson,
  others: readonly SandboxPerson[],
  word: string,
  createdMs: number,
): SandboxApplication {
  const isBusiness = person.number % 5 === 0 && others.length > 0;
  const at = isoOf(createdMs);
  const accountType = isBusiness ? 'BUSINESS_CUSTOMER' : 'INDIVIDUAL_CUSTOMER';
  const name = isBusiness
    ? { firstName: '', lastName: '', legalName: `${person.familyName} & Partners` }
    : nameOf(person);
  const blank: SandboxApplication = {
    id: seededUuid('rocketkor', word, person.number),
    businessAccountId: seededUuid('rocketkor business account'),
    accountId: accountIdOf(person),
    identityVerificationProfileId: `kyc-profile-${1 + (person.number % 3)}`,
    ...name,
    accountType,
    latestStatus: 'NEW',
    outcome: null,
    statusHistory: [],
    metadata: { reference: `ref-${person.number}`, nested: { tags: ['a', 'b'] } },
    completedAt: null,
    createdAt: at,
    createdBy: EMPLOYEE,
    updatedBy: EMPLOYEE,
    updatedAt: at,
    entities: [
      { ...blankEntity(person, at), ...name, entityType: accountType },
      ...(isBusiness ? others.map((other) => blankEntity(other, at)) : []),
    ],
  };
  return { ...stepped(blank, 'NEW', null, at), updatedBy: EMPLOYEE };
}

function blankEntity(person: SandboxPerson, at: string): SandboxEntity {
  return {
    accountId: accountIdOf(person),
    ...nameOf(person),
    entityType: 'INDIVIDUAL_CUSTOMER',
    status: 'NEW',
    outcome: null,
    outcomeDetails: [],
    statusHistory: [],
    processingSummary: {
      'ADDRESS.CITY': person.city,
      'DOCS.PASSPORT': seededUuid('rocketkor document', person.number),
    },
    docUploadUrl: '',
    createdAt: at,
    createdBy: EMPLOYEE,
    updatedBy: EMPLOYEE,
    updatedAt: at,
  };
}

function nameOf(person: SandboxPerson): Named {
  return { firstName: person.givenName, lastName: person.familyName, legalName: '' };
}

/** What real data hold and no document shows: for one person in about five. */
function withOddity(application: SandboxApplication, number: number): SandboxApplication {
  const completed = (outcome: string | null) =>
    stepped(application, 'COMPLETED', outcome, isoOf(Date.parse(application.updatedAt) + STEP_MS));
  switch (number % 41) {
    case 4:
      return { ...application, latestStatus: 'ON_HOLD' };
    case 9:
      return completed(null);
    case 13:
      return completed('');
    case 19:
      return completed('Escalated');
    case 22:
      return { ...application, updatedAt: '2026-02-30T10:00:00.000Z' };
    case 27:
      return { ...application, identityVerificationProfileId: number };
    case 31:
      return { ...application, firstName: '', lastName: '', metadata: null, createdBy: null };
    case 36:
      return { ...application, metadata: 'none', entities: [] };
    case 39:
      return { ...application, entities: application.entities.map(withoutRealTime) };
    default:
      return application;
  }
}

function withoutRealTime(entity: SandboxEntity): SandboxEntity {
  return { ...entity, createdAt: '2026-01-05T25:61:00Z', processingSummary: null, docUploadUrl: null };
}

export function isoOf(epochMs: number): string {
  return new Date(epochMs).toISOString();
}
