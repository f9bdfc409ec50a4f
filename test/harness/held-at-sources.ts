import type { World } from './world.ts';

/** The names of a record's id and status in each source's own form; Sumvin's records have no id. */
const FIELDS: Readonly<Record<string, { readonly id: string | null; readonly status: string }>> = {
  FINOGATES: { id: 'id', status: 'status' },
  FINX: { id: 'id', status: 'verification_status' },
  ROCKETKOR: { id: 'id', status: 'latestStatus' },
  UPVEST: { id: 'id', status: 'status' },
  SUMVIN: { id: null, status: 'status' },
};

/** `source externalId status` of every record that the simulators hold now, sorted. */
export function heldAtSources(world: World): readonly string[] {
  return [...world.sandboxes.values()]
    .flatMap((sandbox) => {
      const { id, status } = fieldsOf(sandbox.source);
      const owners = world.people
        .map((person) => sandbox.externalUserIdOf(person))
        .filter((one) => one !== null);
      return sandbox.records().map((record, index) => {
        const name = id === null ? owners[index] : textOf(record, id);
        return lineOf(sandbox.source, name ?? null, textOf(record, status));
      });
    })
    .toSorted();
}

/** The form in which records of the simulators and of the graph are compared. */
export function lineOf(source: string, externalId: string | null, sourceStatus: string | null): string {
  return [source, externalId, sourceStatus].join(' ');
}

function fieldsOf(source: string) {
  const fields = FIELDS[source];
  if (fields === undefined) throw new TypeError(`Nobody said how ${source} names a record's id and status.`);
  return fields;
}

/** An empty text is read as null. */
function textOf(record: unknown, field: string): string | null {
  const value: unknown = Reflect.get(Object(record), field);
  return typeof value === 'string' && value !== '' ? value : null;
}
