import { accountTypes, applicationStatuses } from './endpoints.ts';
import type { SandboxApplication } from './sandbox-applications.ts';

/** A parameter that the API would refuse. */
export class BadParameter extends Error {}

const ENUMS: Readonly<Record<string, ReadonlySet<string>>> = {
  status: new Set(applicationStatuses),
  accountTypes: new Set(accountTypes),
};

/** The field that each filter by value compares. */
const FIELD_OF: Readonly<Record<string, keyof SandboxApplication>> = {
  status: 'latestStatus',
  identityVerificationProfileId: 'identityVerificationProfileId',
  accountId: 'accountId',
  outcome: 'outcome',
  accountTypes: 'accountType',
};

type Test = (application: SandboxApplication) => boolean;

/** Those that pass every filter of the query, in the order it asks for. @throws BadParameter */
export function select(
  applications: readonly SandboxApplication[],
  query: URLSearchParams,
): readonly SandboxApplication[] {
  const tests = [...valueTests(query), ...dayTests(query)];
  const orders = (query.has('sort') ? query.getAll('sort') : ['createdAt,DESC']).map(readSort);
  return applications
    .filter((application) => tests.every((test) => test(application)))
    .toSorted((one, other) => orders.reduce((order, compare) => order || compare(one, other), 0));
}

function valueTests(query: URLSearchParams): readonly Test[] {
  return Object.entries(FIELD_OF).flatMap(([name, field]) => {
    const text = query.get(name);
    if (text === null) return [];
    const values = name === 'accountTypes' ? text.split(',') : [text];
    const allowed = ENUMS[name];
    if (values.some((value) => allowed?.has(value) === false)) throw new BadParameter(name);
    return [(application: SandboxApplication) => values.some((value) => application[field] === value)];
  });
}

function dayTests(query: URLSearchParams): readonly Test[] {
  const zone = zoneOf(query.get('timeZone') ?? 'UTC');
  return (['created', 'completed'] as const).flatMap((word) => {
    const from = startOfDay(query, `${word}DateFrom`, zone, 0);
    const before = startOfDay(query, `${word}DateTo`, zone, 1);
    if (from === null && before === null) return [];
    return [
      (application: SandboxApplication) => {
        const atMs = Date.parse(application[`${word}At`] ?? '');
        return atMs >= (from ?? -Infinity) && atMs < (before ?? Infinity);
      },
    ];
  });
}

/** The start of a day, some days later, in epoch milliseconds; null where the query does not name the day. */
function startOfDay(query: URLSearchParams, name: string, timeZone: string, later: number): number | null {
  const text = query.get(name);
  if (text === null) return null;
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) throw new BadParameter(name);
  try {
    return Temporal.PlainDate.from(text).add({ days: later }).toZonedDateTime({ timeZone }).epochMilliseconds;
  } catch {
    throw new BadParameter(name);
  }
}

const OFFSET = /^(?:UTC|GMT)?([+-])(\d{1,2})(?::(\d{2}))?$/;

/** A documented form of `timeZone` as Temporal spells it. @throws BadParameter */
export function zoneOf(text: string): string {
  if (text === 'Z' || text === 'UTC' || text === 'GMT') return 'UTC';
  const [, sign, hours, minutes = '00'] = OFFSET.exec(text) ?? [];
  const zone =
    sign === undefined || hours === undefined ? text : `${sign}${hours.padStart(2, '0')}:${minutes}`;
  try {
    return Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(zone).timeZoneId;
  } catch {
    throw new BadParameter('timeZone');
  }
}

type Compare = (one: SandboxApplication, other: SandboxApplication) => number;

function readSort(text: string): Compare {
  const [field = '', direction = 'ASC', ...more] = text.split(',');
  const upper = direction.toUpperCase();
  if (field === '' || more.length > 0 || !['ASC', 'DESC'].includes(upper)) throw new BadParameter('sort');
  const turn = upper === 'ASC' ? 1 : -1;
  return (one, other) => turn * compareTexts(textOf(one, field), textOf(other, field));
}

function textOf(application: SandboxApplication, field: string): string {
  const value: unknown = Object.entries(application).find(([name]) => name === field)?.[1];
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
}

function compareTexts(one: string, other: string): number {
  return one < other ? -1 : Number(one > other);
}
