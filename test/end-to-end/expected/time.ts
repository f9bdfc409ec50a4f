/** An instant in nanoseconds since 1970-01-01 UTC. Own arithmetic, so that the gateway's is not compared with itself. */
export type Nanoseconds = bigint;

const RFC_3339 = /^(\d{4}-\d\d-\d\d)[Tt ](\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?(?:[Zz]|([+-])(\d\d):(\d\d))$/;
const NS_PER_MS = 1_000_000n;
const NS_PER_S = 1_000_000_000n;
const LAST_S = 253_402_300_799;

/** Null for what is no RFC 3339, and for days and hours that there are not. */
export function fromRfc3339(text: string): Nanoseconds | null {
  const [, day = '', clock = '', fraction = '', sign, hours = '0', minutes = '0'] = RFC_3339.exec(text) ?? [];
  const at = new Date(`${day}T${clock}Z`);
  // Date moves the 30th of February on to March.
  if (Number.isNaN(at.valueOf()) || at.toISOString() !== `${day}T${clock}.000Z`) return null;
  const offsetMs = (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * 60_000;
  return BigInt(at.valueOf() - offsetMs) * NS_PER_MS + BigInt(fraction.padEnd(9, '0'));
}

export function fromEpochSeconds(value: number): Nanoseconds | null {
  return Number.isInteger(value) && value >= 0 && value <= LAST_S ? BigInt(value) * NS_PER_S : null;
}

export function fromEpochMilliseconds(value: number): Nanoseconds | null {
  const isOne = Number.isInteger(value) && value >= 0 && value <= LAST_S * 1000 + 999;
  return isOne ? BigInt(value) * NS_PER_MS : null;
}

/** As the graph writes it: cut to milliseconds. */
export function dateTime(at: Nanoseconds | null): string | null {
  return at === null ? null : new Date(Number(at / NS_PER_MS)).toISOString();
}

/** The day itself; null for one that there is not. */
export function day(text: string): string | null {
  const at = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(at.valueOf()) && at.toISOString().slice(0, 10) === text ? text : null;
}

export function today(): string {
  return new Date().toISOString().slice(0, 10);
}
