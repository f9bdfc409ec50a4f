const IANA_NAME = /^[A-Za-z][A-Za-z0-9_+-]*(\/[A-Za-z0-9_+-]+)*$/;
const OFFSET = /^(?:UTC|GMT)?([+-])(\d{1,2})(?::([0-5]\d))?$/i;

/**
 * The zone as Temporal spells it, from an IANA name, `Z`, `UTC`, `GMT`, or an offset such as `+2`, `-05:30`, `UTC+1`
 * (ahead of UTC, unlike IANA's `Etc/GMT+1`). Null for anything else.
 */
export function parseTimeZone(text: string): string | null {
  if (/^(Z|UTC|GMT)$/i.test(text)) return 'UTC';
  const offset = OFFSET.exec(text);
  if (offset !== null) {
    const [, sign = '+', hours = '', minutes = '00'] = offset;
    return Number(hours) < 24 ? `${sign}${hours.padStart(2, '0')}:${minutes}` : null;
  }
  return IANA_NAME.test(text) ? knownName(text) : null;
}

function knownName(name: string): string | null {
  try {
    // The constructor takes names alone; Temporal's other doors also read a zone out of a whole timestamp.
    return new Temporal.ZonedDateTime(0n, name).timeZoneId;
  } catch {
    return null;
  }
}
