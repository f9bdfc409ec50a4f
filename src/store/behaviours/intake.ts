import { describe, expect, it } from 'vitest';

import { NOBODY, type Person } from '#kyc/person';
import { sourceId } from '#kyc/source-id';
import type { Store } from '#store/store';

import {
  APPROVED,
  anApplication,
  aRecord,
  aSource,
  at,
  knownOf,
  logOf,
  REJECTED,
  statusRows,
  take,
  userOf,
  userRows,
} from './records.ts';
import type { OpenFresh } from './reopen.ts';
import { withStore } from './with-store.ts';

/** What one batch, or a few, do to the records and the log. */
export function intakeBehaviours(open: OpenFresh): void {
  describe('the intake', () => {
    const { fresh } = withStore(open);

    it('writes one row from null per record and one per new user', async () => {
      const store = await fresh();
      const records = [aRecord(), aRecord({ externalId: 'record-2', ...APPROVED })];
      expect(await take(store, records)).toEqual({ created: 2, changed: 0, late: 0, unchanged: 0 });
      const log = await logOf(store);
      expect(log.map((row) => [row.position, row.sequence, row.from, row.to])).toEqual([
        [1, 1, null, 'PENDING'],
        [2, 1, null, 'APPROVED'],
        [3, 1, null, 'PENDING'],
      ]);
      expect((await userOf(store, 'user-1')).answer).toMatchObject({ status: 'PENDING', nextAction: 'WAIT' });
    });

    it('does nothing twice when the same batch comes twice', async () => {
      const store = await fresh();
      const records = [
        aRecord(),
        aRecord({ externalId: 'record-2', externalUserId: 'user-2', ...APPROVED }),
        anApplication({}, [{ accountId: 'entity-1' }]),
      ];
      await take(store, records, { identitiesRead: ['user-1', 'nobody-yet'] });
      const log = await logOf(store);
      const again = await take(store, records, { identitiesRead: ['user-1', 'nobody-yet'] });
      expect(again).toEqual({ created: 0, changed: 0, late: 0, unchanged: 3 });
      expect(await logOf(store)).toEqual(log);
    });

    it('applies copies of one record in a batch from the oldest to the newest, and finds them so again', async () => {
      const store = await fresh();
      const copies = [
        aRecord({ ...APPROVED, updatedAt: at(3) }),
        aRecord({ updatedAt: at(1) }),
        aRecord({ status: 'IN_REVIEW', reason: 'MANUAL_REVIEW', updatedAt: at(2) }),
        aRecord({ ...APPROVED, updatedAt: at(3) }),
      ];
      await take(store, copies);
      const rows = await statusRows(store);
      expect(rows.map((row) => [row.sequence, row.from, row.to, row.effective])).toEqual([
        [1, null, 'PENDING', true],
        [2, 'PENDING', 'IN_REVIEW', true],
        [3, 'IN_REVIEW', 'APPROVED', true],
      ]);
      await take(store, copies);
      expect(await statusRows(store)).toEqual(rows);
    });

    it.each(['read', 'updatedAt'] as const)(
      'keeps the last copy of a record that cannot be told from the others (%s), and finds it so again',
      async (versioning) => {
        const store = await fresh();
        const copies = [aRecord({ updatedAt: null }), aRecord({ ...APPROVED, updatedAt: null })];
        await take(store, copies, { source: aSource({ versioning }) });
        await take(store, copies, { source: aSource({ versioning }) });
        expect((await statusRows(store)).map((row) => row.to)).toEqual(['APPROVED']);
      },
    );

    it('follows a source that takes an approval back', async () => {
      const store = await fresh();
      await take(store, [aRecord({ ...APPROVED })]);
      await take(store, [aRecord({ ...REJECTED, updatedAt: at(2) })], { readStartedAt: at(101) });
      expect((await statusRows(store)).at(-1)).toMatchObject({
        from: 'APPROVED',
        to: 'REJECTED',
        sequence: 2,
      });
      const last = (await userRows(store)).at(-1);
      expect(last).toMatchObject({ from: 'APPROVED', to: 'REJECTED', cause: 'VERIFICATION', sequence: 2 });
    });

    it('keeps what comes late as one row that moves nothing', async () => {
      const store = await fresh();
      await take(store, [aRecord({ ...APPROVED, updatedAt: at(5) })]);
      const before = await knownOf(store, aRecord());
      const late = aRecord({ updatedAt: at(2) });
      expect(await take(store, [late], { readStartedAt: at(102) })).toMatchObject({ late: 1 });
      await take(store, [late], { readStartedAt: at(103) });
      const rows = await statusRows(store);
      expect(rows.map((row) => [row.sequence, row.from, row.to, row.effective])).toEqual([
        [1, null, 'APPROVED', true],
        [2, null, 'PENDING', false],
      ]);
      const { openPersonal: _one, ...after } = await knownOf(store, late);
      const { openPersonal: _other, ...asBefore } = before;
      expect(after).toEqual(asBefore);
      await take(store, [aRecord({ ...REJECTED, updatedAt: at(6) })], { readStartedAt: at(104) });
      expect((await statusRows(store)).at(-1)).toMatchObject({
        sequence: 3,
        from: 'APPROVED',
        to: 'REJECTED',
      });
    });

    it('moves other fields without a row of the log', async () => {
      const store = await fresh();
      await take(store, [aRecord()]);
      const before = await knownOf(store, aRecord());
      const log = await logOf(store);
      const again = aRecord({
        updatedAt: at(2),
        details: { ...aDetails(), documentsComplete: true },
        personal: { person: null, documents: [], declineReason: 'said later', rejectionMessage: null },
      });
      await take(store, [again], { readStartedAt: at(101) });
      const after = await knownOf(store, again);
      expect(after).toMatchObject({
        updatedAt: at(2),
        observedAt: at(101),
        readStartedAt: at(101),
        lastChangedAt: before.lastChangedAt,
        statusSince: before.statusSince,
        details: { documentsComplete: true },
      });
      expect(after.openPersonal()).toMatchObject({ declineReason: 'said later' });
      expect(await logOf(store)).toEqual(log);
    });

    it('confirms an unchanged record by its times alone', async () => {
      const store = await fresh();
      await take(store, [aRecord()]);
      const before = await knownOf(store, aRecord());
      await take(store, [aRecord()], { readStartedAt: at(105) });
      const after = await knownOf(store, aRecord());
      expect(after.observedAt).toBe(at(105));
      expect(after.lastChangedAt).toBe(before.lastChangedAt);
    });

    it('makes a word that no table knows plain and short in the log, and keeps it whole in the record', async () => {
      const store = await fresh();
      const word = `näme@example.test ${'x'.repeat(100)}`;
      const record = aRecord({
        status: 'UNKNOWN',
        reason: 'STATUS_UNRECOGNISED',
        sourceStatus: word,
        outcome: word,
      });
      await take(store, [record]);
      const [row] = await statusRows(store);
      expect(row?.sourceStatus).toMatch(/^[A-Za-z0-9 _.?-]{64}$/);
      expect(row?.outcome).toBe(row?.sourceStatus);
      expect((await knownOf(store, record)).sourceStatus).toBe(word);
      await take(store, [record], { readStartedAt: at(101) });
      expect(await statusRows(store)).toHaveLength(1);
    });

    it('keeps personal values that a plain read leaves out, where the source does that', async () => {
      const store = await fresh();
      const source = aSource({ versioning: 'read', keepsPersonal: true });
      const person = { ...NOBODY, fullName: 'Ada', email: 'ada@example.test' };
      await take(store, [withPerson(person)], { source });
      await take(store, [withPerson({ ...NOBODY, fullName: 'Ada L.' })], { source, readStartedAt: at(101) });
      const known = await knownOf(store, aRecord());
      expect(known.openPersonal()).toMatchObject({
        person: { fullName: 'Ada L.', email: 'ada@example.test' },
      });
    });

    it('gives another owner under the same id nothing of the one before', async () => {
      const store = await fresh();
      const source = aSource({ versioning: 'read', keepsPersonal: true });
      await take(store, [withPerson({ ...NOBODY, email: 'ada@example.test' })], { source });
      const other = aRecord({ externalUserId: 'user-2' });
      await take(store, [other], { source, readStartedAt: at(101) });
      expect((await knownOf(store, other)).openPersonal()).toMatchObject({ person: null });
    });

    it('refuses a batch of more than 200 records and records of another source', async () => {
      const store = await fresh();
      const many = Array.from({ length: 201 }, (_, index) => aRecord({ externalId: `r${index}` }));
      await expect(take(store, many)).rejects.toThrow(RangeError);
      await expect(take(store, [aRecord()], { source: aSource({ id: sourceId('BETA') }) })).rejects.toThrow(
        TypeError,
      );
      expect(await logOf(store)).toEqual([]);
    });

    it('rings after a commit that appended, not otherwise, and no longer once stopped', async () => {
      const store = await fresh();
      const heard: number[] = [];
      const stop = store.onAppend(() => heard.push(heard.length));
      await take(store, [aRecord()]);
      await take(store, [aRecord()], { readStartedAt: at(101) });
      expect(heard).toHaveLength(1);
      stop();
      await take(store, [aRecord({ ...APPROVED, updatedAt: at(2) })], { readStartedAt: at(102) });
      expect(heard).toHaveLength(1);
    });

    it('takes overlapping batches that come at the same time as if they had come in turn', async () => {
      const store = await fresh();
      const batches = Array.from({ length: 8 }, (_, batch) =>
        Array.from({ length: 60 }, (_, index) => {
          const number = batch * 20 + index;
          return aRecord({ externalId: `r${number}`, externalUserId: `u${number % 30}` });
        }),
      );
      const results = await Promise.all(
        batches.map((records, n) => take(store, records, { readStartedAt: at(n) })),
      );
      expect(results.reduce((sum, result) => sum + result.created, 0)).toBe(200);
      await expectWhole(store, { records: 200, users: 30 });
    });
  });
}

/** Positions without holes; per subject one row from null, numbered without holes. */
async function expectWhole(store: Store, many: { records: number; users: number }): Promise<void> {
  const log = await logOf(store);
  expect(log.map((row) => row.position)).toEqual(log.map((_, index) => index + 1));
  const subjects = Map.groupBy(log, (row) => ('verificationId' in row ? row.verificationId : row.userId));
  for (const rows of subjects.values()) {
    expect(rows.map((row) => row.sequence)).toEqual(rows.map((_, index) => index + 1));
    expect(rows.filter((row) => row.from === null)).toHaveLength(1);
  }
  expect(subjects.size).toBe(many.records + many.users);
}

function withPerson(person: Person) {
  return aRecord({ personal: { person, documents: [], declineReason: null, rejectionMessage: null } });
}

function aDetails() {
  const { verification } = aRecord();
  if (verification.kind !== 'KYC_RECORD') throw new Error('Not a record.');
  return verification.details;
}
