import type { SandboxPerson } from '#sources/sandbox';

import type { World } from '../harness/world.ts';
import type { Canary } from './canaries.ts';

/** Of nobody alive, and of one person alone. */
const FIRST_BIRTHDAY = Temporal.PlainDate.from('1831-02-03');

/** Values that no other person has, in signs that encodings spell differently. */
export function disguised(person: SandboxPerson): SandboxPerson {
  const mark = markOf(person);
  return {
    ...person,
    givenName: `Kanarié${mark}`,
    familyName: `Vögelein${mark}`,
    email: `piep.${mark}@example.com`,
    dateOfBirth: FIRST_BIRTHDAY.add({ days: person.number }).toString(),
    documentNumber: `C7${mark.toUpperCase()}88`,
    street: `Käfig&Straße ${mark}`,
    city: `Nest${mark}`,
  };
}

function markOf({ number }: SandboxPerson): string {
  return `qz${String(number).padStart(3, '0')}x7w`;
}

export function canariesOf(people: readonly SandboxPerson[]): readonly Canary[] {
  return people.flatMap((person) => {
    const { number, givenName, familyName, email, dateOfBirth, documentNumber, street, city } = person;
    const values = { givenName, familyName, email, dateOfBirth, documentNumber, street, city };
    return Object.entries(values).map(([kind, value]) => ({ kind, value, person: number }));
  });
}

/** Names of fields of payloads whose texts are personal, free or a link; all of them are replaced. */
const PERSONAL_FIELDS: ReadonlySet<string> = new Set([
  'decline_reason',
  'a_field_of_tomorrow',
  'data_download_link',
  'address_line2',
  'postcode',
  'state',
  'message',
  'reference',
  'tags',
  'name',
  'docUploadUrl',
  'DOCS.PASSPORT',
  'image_ids',
]);

/** Gives all texts in such fields of all records a value of their own, and one more field with a number to each. */
export function soak(world: World): readonly Canary[] {
  const canaries: Canary[] = [];
  const replace = (value: unknown, field: string): unknown => {
    if (Array.isArray(value)) return value.map((item) => replace(item, field));
    if (typeof value === 'object' && value !== null)
      return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, replace(inner, name)]));
    if (typeof value !== 'string' || value === '' || !PERSONAL_FIELDS.has(field)) return value;
    const canary = { kind: field, value: `Ünsagbar ${field.slice(0, 3)} ${canaries.length}qk`, person: null };
    canaries.push(canary);
    return canary.value;
  };
  for (const sandbox of world.sandboxes.values()) {
    const records = JSON.parse(JSON.stringify(sandbox.records())) as readonly object[];
    sandbox.restore(
      records.map((record) => {
        const number = 77_000_000_123_000 + canaries.length;
        canaries.push({ kind: 'a number in a payload', value: String(number), person: null });
        return { ...(replace(record, '') as object), a_number_of_tomorrow: number };
      }),
    );
  }
  return canaries;
}
