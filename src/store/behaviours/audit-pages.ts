import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { userId } from '#kyc/id';
import type { PageRequest, Position } from '#kyc/page';
import type { AuditFilter, AuditRecord } from '#store/audit/audit';
import type { Store } from '#store/store';

import { aSource } from './records.ts';
import type { OpenFresh, ReopenableStore } from './reopen.ts';

const by = (actor: string) => ({ actor, kind: 'ANALYST', requestId: `of ${actor}` });
const act = (userId: string | null, action = 'READ_CLEAR') => ({
  action,
  userId,
  fields: ['Person.email', 'Person.fullName'],
  reason: null,
  decision: 'ALLOWED',
});

/** The audit as it is read. */
export function auditPageBehaviours(open: OpenFresh): void {
  describe('the audit', () => {
    let test: ReopenableStore;
    let store: Store;
    beforeEach(async () => {
      test = await open();
      store = test.store;
    });
    afterEach(async () => await test.remove());

    const forward = (take: number, after: Position | null = null): PageRequest => ({
      take,
      direction: 'FORWARD',
      after,
      before: null,
    });
    const all = async (filter: AuditFilter = {}, pageOf = 200) => {
      const found: AuditRecord[] = [];
      for (let after: Position | null = null; ; ) {
        const page = await store.audit.page({ filter, page: forward(pageOf, after) });
        found.push(...page.rows);
        expect(page.hasNext).toBe(found.length < (await store.audit.count(filter)));
        const last = page.rows.at(-1);
        if (!page.hasNext || last === undefined) return found;
        after = { value: last.at, id: last.id };
      }
    };

    it('is read newest first, whole over its pages, and narrowed by actor', async () => {
      for (let at = 0; at < 6; at += 1)
        await store.audit.append(by(at % 2 === 0 ? 'anna' : 'bert'), [
          act(null, `A${at}`),
          act(null, `B${at}`),
        ]);
      const found = await all({}, 5);
      expect(found.map(({ action }) => action)).toEqual(
        [5, 4, 3, 2, 1, 0].flatMap((at) => [`A${at}`, `B${at}`]),
      );
      expect((await all({ actor: 'bert' }, 4)).map(({ action }) => action)).toEqual(
        [5, 3, 1].flatMap((at) => [`A${at}`, `B${at}`]),
      );
      expect(await all({ actor: 'nobody' })).toEqual([]);
      expect(await all({ actor: '\u0000' })).toEqual([]);
    });

    it('gives each record as it was appended, and by its id', async () => {
      await store.audit.append(by('anna'), [{ ...act('user-1', 'REVEAL'), reason: 'case 7' }]);
      const [record = expect.unreachable('It was not read.')] = await all();
      expect(record).toEqual({
        ...act('user-1', 'REVEAL'),
        ...by('anna'),
        reason: 'case 7',
        id: expect.any(String),
        at: expect.stringMatching(/Z$/),
      });
      expect(await store.audit.read(record.id)).toEqual(record);
      for (const id of ['', 'x', '\u0000', record.id.toUpperCase(), `${record.id} `])
        expect(await store.audit.read(id)).toBeNull();
    });

    it('finds what was written of a user by any id that the user ever had, and nobody else', async () => {
      const source = aSource().id;
      const [one, two, three] = await store.addIdentities(
        ['a', 'b', 'c'].map((externalId) => ({ source, externalId })),
      );
      const [keep = '', gone = '', other = ''] = [one, two, three].map((identity) => identity?.userId);
      await store.audit.append(by('anna'), [act(keep, 'KEPT'), act(gone, 'GONE'), act(other, 'OTHER')]);
      await store.mergeUsers(keep, gone, 'anna');
      await store.audit.append(by('anna'), [act(keep, 'SINCE')]);
      for (const id of [keep, gone])
        expect((await all({ userId: id })).map(({ action }) => action)).toEqual(['SINCE', 'KEPT', 'GONE']);
      expect((await all({ userId: gone, actor: 'bert' })).length).toBe(0);
      expect(await all({ userId: userId('nobody') })).toEqual([]);
      expect(await store.audit.count({ userId: gone })).toBe(3);
    });
  });
}
