import { Needles } from '../harness/needles.ts';

/** A value that is nowhere else, so that it is known wherever it turns up. */
export interface Canary {
  /** What it stands for. Hits are told by it, never by the value. */
  readonly kind: string;
  readonly value: string;
  /** The person whose it is, by number; null for a secret. */
  readonly person: number | null;
}

/** What was heard somewhere. */
export interface Heard {
  readonly where: string;
  readonly bytes: Uint8Array;
  /** Values that may stand there. */
  readonly mayHold?: (canary: Canary) => boolean;
}

export interface Searched {
  readonly canaries: number;
  readonly places: number;
  readonly bytes: number;
  /** `kind as encoding in place`, for each kind and place once. */
  readonly hits: readonly string[];
  /** Kinds of canaries that stood where they may. */
  readonly given: ReadonlySet<string>;
}

/** Looks for every canary, in every spelling that a careless writer would give it. */
export function search(canaries: readonly Canary[], heard: readonly Heard[]): Searched {
  const needles = needlesOf(canaries);
  const hits = new Map<string, string>();
  const given = new Set<string>();
  for (const { where, bytes, mayHold } of heard)
    for (const { canary, encoding } of needles.in(bytes)) {
      if (mayHold?.(canary) === true) given.add(canary.kind);
      else if (!hits.has(`${canary.kind} ${where}`))
        hits.set(`${canary.kind} ${where}`, `${canary.kind} as ${encoding} in ${where}`);
    }
  return {
    canaries: canaries.length,
    places: heard.length,
    bytes: heard.reduce((sum, { bytes }) => sum + bytes.length, 0),
    hits: [...hits.values()],
    given,
  };
}

export function needlesOf(
  canaries: readonly Canary[],
): Needles<{ readonly canary: Canary; readonly encoding: string }> {
  return new Needles(
    canaries.flatMap((canary) =>
      [...spellingsOf(canary.value)].map(
        ([encoding, bytes]) => [bytes, { canary, encoding }] satisfies [Uint8Array, unknown],
      ),
    ),
  );
}

function spellingsOf(value: string): ReadonlyMap<string, Uint8Array> {
  const escaped = JSON.stringify(value).slice(1, -1);
  const texts: readonly (readonly [string, string])[] = [
    ['text', value],
    ['small letters', value.toLowerCase()],
    ['capitals', value.toUpperCase()],
    ['decomposed text', value.normalize('NFD')],
    ['JSON', escaped],
    ['JSON in JSON', JSON.stringify(escaped).slice(1, -1)],
    ['JSON in ASCII', escaped.replaceAll(/[^\u0020-\u007E]/g, (sign) => `\\u${hexOf(sign)}`)],
    ['a URL', encodeURIComponent(value)],
    ['a form', new URLSearchParams({ '': value }).toString().slice(1)],
  ];
  const bytes = Buffer.from(value);
  const hex = bytes.toString('hex');
  return new Map([
    ...texts.map(([name, text]): [string, Uint8Array] => [name, Buffer.from(text)]),
    ['UTF-16', Buffer.from(value, 'utf16le')],
    ['hex', Buffer.from(hex)],
    ['hex in capitals', Buffer.from(hex.toUpperCase())],
    ...[0, 1, 2].flatMap((shift): [string, Uint8Array][] => {
      const inner = withinBase64(bytes, shift);
      const url = inner.replaceAll('+', '-').replaceAll('/', '_');
      return [
        [`base64 (${shift})`, Buffer.from(inner)],
        [`base64url (${shift})`, Buffer.from(url)],
      ];
    }),
  ]);
}

/** The part of a longer text's base64 that this value alone decides, when it begins at a byte of this remainder. */
function withinBase64(bytes: Uint8Array, shift: number): string {
  const text = Buffer.concat([Buffer.alloc(shift), bytes])
    .toString('base64')
    .replaceAll('=', '');
  const decidedFrom = Math.ceil((shift * 8) / 6);
  const decidedTo = Math.floor(((shift + bytes.length) * 8) / 6);
  return text.slice(decidedFrom, decidedTo);
}

function hexOf(sign: string): string {
  return sign.charCodeAt(0).toString(16).padStart(4, '0');
}
