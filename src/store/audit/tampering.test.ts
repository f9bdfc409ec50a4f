import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { createSealer } from '#store/sealing';
import type { AuditTable } from '#store/tables';
import {
  type AuditPlace,
  embeddedPlace,
  fill,
  postgresPlace,
  rowsOf,
  SECRET_KEY,
  verifyPlace,
} from '#store/testing/audit-places';
import { postgresServer } from '#store/testing/postgres-databases';

import { canonicalText } from './audit-row.ts';

const PLACES = [
  ['SQLite', embeddedPlace, true],
  ['PostgreSQL', postgresPlace, postgresServer !== null],
] as const;

const OLD_KEY = new Uint8Array(32).fill(9);
const ROWS = 7;

/** A literal that both databases read alike. */
function literal(value: unknown, isPostgres: boolean): string {
  if (value === null) return 'null';
  if (typeof value === 'number') return String(value);
  if (value instanceof Uint8Array) {
    const hex = Buffer.from(value).toString('hex');
    return isPostgres ? `'\\x${hex}'::bytea` : `x'${hex}'`;
  }
  return `'${String(value).replaceAll("'", "''")}'`;
}

/** The same with one byte changed; of null, a value where there was none. */
function changed(value: AuditTable[keyof AuditTable]): string | number | Uint8Array {
  if (value === null) return 'x';
  if (typeof value === 'number') return value + 1;
  if (typeof value === 'string') return value.slice(0, -1) + (value.endsWith('x') ? 'y' : 'x');
  return value.length === 0
    ? new Uint8Array(1)
    : value.map((byte, at) => (at === value.length - 1 ? byte ^ 1 : byte));
}

describe.each(PLACES)('the audit on %s', (name, make, isThere) => {
  describe.skipIf(!isThere)('of three chains', () => {
    const isPostgres = name === 'PostgreSQL';
    let place: AuditPlace;
    let rows: readonly AuditTable[];
    /** In the order in which they were written; each anchors the end of the one before. */
    let chains: readonly string[];
    const rowAt = (chain: string, sequence: number) =>
      rows.find((row) => row.chain === chain && row.sequence === sequence) ??
      expect.unreachable('No such row.');
    const force = (statement: string) => place.run(statement, { forced: true });
    const insert = (row: AuditTable) =>
      `insert into audit (${Object.keys(row).join(', ')}) values (${Object.values(row)
        .map((value) => literal(value, isPostgres))
        .join(', ')})`;
    const setOf = (values: Partial<AuditTable>) =>
      Object.entries(values)
        .map(([column, value]) => `${column} = ${literal(value, isPostgres)}`)
        .join(', ');
    const where = ({ id }: AuditTable) => `where id = ${literal(id, isPostgres)}`;
    const isWhole = async () => (await verifyPlace(place)).faults.length === 0;
    /** What is found while rows are as `tamper` leaves them; then they are put back. */
    const faultsAfter = async (tampering: string) => {
      await force(tampering);
      const { faults } = await verifyPlace(place);
      await force(['delete from audit', ...rows.map(insert)].join('; '));
      return faults;
    };

    beforeAll(async () => {
      place = await make();
      for (let at = 0; at < 3; at += 1) await fill(place, ROWS);
      rows = await rowsOf(place);
      chains = [
        ...new Set(rows.toSorted((one, other) => (one.at < other.at ? -1 : 1)).map(({ chain }) => chain)),
      ];
    });
    afterAll(async () => await place.remove());

    it('is proved whole, and says where it ends', async () => {
      const { faults, ends, ...counts } = await verifyPlace(place);
      // Each chain has its end as a row of its own.
      expect({ faults, counts }).toEqual({ faults: [], counts: { rows: 3 * (ROWS + 1), chains: 3 } });
      expect(ends.map(([chain, sequence]) => [chain, sequence])).toEqual([[chains[2], ROWS + 1]]);
    });

    it('refuses to change or to lose a row', async () => {
      for (const statement of [
        "update audit set actor = 'x'",
        'delete from audit',
        ...(isPostgres ? ['truncate audit'] : []),
      ])
        await expect(place.run(statement)).rejects.toThrow('The audit is append-only.');
      expect(await isWhole()).toBe(true);
    });

    it('is found altered by one byte, whatever the column, at that row', async () => {
      const [chain = '', next = ''] = chains;
      // The first row of the second chain has anchors.
      const rowsAndColumns = [
        [rowAt(chain, 4), Object.keys(rowAt(chain, 4)) as (keyof AuditTable)[]],
        [rowAt(next, 1), ['anchors', 'previous_hash']],
      ] as const;
      expect(rowsAndColumns[0][1]).toHaveLength(15);
      for (const [row, columns] of rowsAndColumns) {
        for (const column of columns) {
          const set = setOf({ [column]: changed(row[column]) });
          const faults = await faultsAfter(`update audit set ${set} ${where(row)}`);
          const kind = column === 'id' ? 'MISSING' : 'ALTERED';
          expect(faults, column).toContainEqual({ kind, chain: row.chain, sequence: row.sequence });
        }
      }
      expect(await isWhole()).toBe(true);
    });

    it('is found altered where a value is put for none, and none for a value', async () => {
      const [chain = ''] = chains;
      const row = rowAt(chain, 3);
      for (const values of [{ anchors: '[]' }, { reason: null }, { user_id: null }, { fields: '[]' }])
        expect(await faultsAfter(`update audit set ${setOf(values)} ${where(row)}`)).toEqual([
          { kind: 'ALTERED', chain, sequence: 3 },
        ]);
    });

    it('misses a row that was taken away, first or in between', async () => {
      for (const sequence of [1, 4]) {
        const [chain = ''] = chains;
        const faults = await faultsAfter(`delete from audit ${where(rowAt(chain, sequence))}`);
        expect(faults).toEqual([{ kind: 'MISSING', chain, sequence }]);
      }
    });

    it('misses the tail of a chain that another one anchors', async () => {
      const [chain = ''] = chains;
      const faults = await faultsAfter(
        `delete from audit where chain = ${literal(chain, isPostgres)} and sequence > 5`,
      );
      expect(faults).toEqual([{ kind: 'CUT_OFF', chain, sequence: 6 }]);
    });

    it('misses a whole chain that was taken away', async () => {
      for (const chain of chains.slice(0, 2)) {
        const faults = await faultsAfter(`delete from audit where chain = ${literal(chain, isPostgres)}`);
        expect(faults).toContainEqual({ kind: 'CUT_OFF', chain, sequence: 1 });
      }
    });

    it('misses nothing at the last end from within: it ends elsewhere than was noted', async () => {
      const [, , last = ''] = chains;
      const { ends } = await verifyPlace(place);
      await force(`delete from audit where chain = ${literal(last, isPostgres)} and sequence > 2`);
      const cut = await verifyPlace(place);
      expect(cut.faults).toEqual([]);
      expect(cut.ends).not.toEqual(ends);
      await force(['delete from audit', ...rows.map(insert)].join('; '));
      expect(await isWhole()).toBe(true);
    });

    it('finds two rows that changed places, within a chain and between two', async () => {
      const [first = '', second = ''] = chains;
      const swapped = (one: AuditTable, other: AuditTable) => {
        const { id, chain, sequence, previous_hash } = other;
        return `update audit set ${setOf({ ...one, id, chain, sequence, previous_hash })} ${where(other)}`;
      };
      for (const [one, other] of [
        [rowAt(first, 3), rowAt(first, 5)],
        [rowAt(first, 3), rowAt(second, 3)],
      ] as const) {
        const faults = await faultsAfter(`${swapped(one, other)}; ${swapped(other, one)}`);
        // Of two in one chain the first is named: what follows a broken link proves nothing.
        for (const { chain } of [one, other])
          expect(faults).toContainEqual({ kind: 'ALTERED', chain, sequence: 3 });
      }
    });

    it('finds a row that was added, or said again', async () => {
      const [chain = ''] = chains;
      const last = rowAt(chain, ROWS + 1);
      const id = last.id.replace(/\d{12}$/, String(ROWS + 2).padStart(12, '0'));
      const added = { ...last, id, sequence: ROWS + 2, previous_hash: last.hash };
      expect(await faultsAfter(insert(added))).toEqual([{ kind: 'ALTERED', chain, sequence: ROWS + 2 }]);
    });

    it('finds that a row was made anew by who has the key, at the row that followed the true one', async () => {
      const [chain = ''] = chains;
      const row = { ...rowAt(chain, 3), actor: 'bert' };
      const hash = createSealer(SECRET_KEY, 'audit').hash(canonicalText(row));
      const faults = await faultsAfter(`update audit set ${setOf({ ...row, hash })} ${where(row)}`);
      expect(faults).toEqual([{ kind: 'ALTERED', chain, sequence: 4 }]);
    });

    it('cannot be proved by another key', async () => {
      const { faults } = await verifyPlace(place, [OLD_KEY]);
      expect(faults.map(({ kind, sequence }) => ({ kind, sequence }))).toEqual(
        Array.from({ length: 3 }, () => ({ kind: 'UNKNOWN_KEY', sequence: 1 })),
      );
    });
  });

  it.skipIf(!isThere)('goes on under a new key, and is proved with the old one at hand', async () => {
    const place = await make();
    try {
      await fill(place, 2, { secretKey: OLD_KEY });
      // The store itself is rekeyed elsewhere; here its key check alone has to let the new key in.
      await fill(place, 2, { secretKey: SECRET_KEY, oldKeys: [OLD_KEY] });
      expect((await verifyPlace(place, [SECRET_KEY, OLD_KEY])).faults).toEqual([]);
      const { faults } = await verifyPlace(place, [SECRET_KEY]);
      expect(faults).toEqual([{ kind: 'UNKNOWN_KEY', chain: expect.any(String), sequence: 1 }]);
    } finally {
      await place.remove();
    }
  });
});
