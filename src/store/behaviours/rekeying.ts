import { beforeEach, describe, expect, it } from 'vitest';

import { SEES_ALL } from '#kyc/sight';
import { StoreRefusedError } from '#store/database';
import { createSealer, SealBrokenError } from '#store/sealing';
import type { Store } from '#store/store';

import { personalRecord } from './personal-records.ts';
import { ALPHA, at, idOf, knownOf, take, userOf } from './records.ts';
import type { OpenFresh } from './reopen.ts';
import { withStore } from './with-store.ts';

const [FIRST, SECOND, THIRD] = [7, 8, 9].map((byte) => new Uint8Array(32).fill(byte)) as [
  Uint8Array,
  Uint8Array,
  Uint8Array,
];
const BOTH = { secretKey: SECOND, oldKeys: [FIRST] };
const ADA = { fullName: 'Ada Lovelace', email: 'ada@example.test' };
const IDENTITY = { source: ALPHA, externalId: 'user-1' };
const record = personalRecord(ADA, 'L01X00T47');
const erasedRecord = personalRecord(ADA, 'P2', { externalId: 'erased', externalUserId: 'user-2' });

/** A change of the secret key: nothing is lost on the way, and the old key is of no use in the end. */
export function rekeyBehaviours(open: OpenFresh): void {
  describe('a store whose key changes', () => {
    const test = withStore(open);
    let store: Store;
    beforeEach(async () => {
      store = await test.fresh({ secretKey: FIRST });
    });

    const connect = (owner: string) =>
      store.connectIdentity({
        identity: IDENTITY,
        credential: { credential: 'pat', tenant: null },
        owner,
        userId: null,
        by: 'test',
      });
    /** Something of all that is sealed or hashed. */
    async function fill(): Promise<void> {
      await take(store, [record, erasedRecord]);
      await connect('owner-1');
      await store.erasures.eraseUser((await userOf(store, 'user-2')).id);
    }
    async function expectWhole(): Promise<void> {
      expect((await knownOf(store, record)).openPersonal()).toEqual(record.verification.personal);
      expect(await store.readRaw(idOf(record), SEES_ALL)).toEqual(record.raw);
      expect(await store.openCredential(IDENTITY)).toEqual({ credential: 'pat', tenant: null });
      for (const filter of [{ email: ADA.email }, { documentNumber: 'L01X00T47' }])
        expect(await store.countUsers(filter, SEES_ALL)).toBe(1);
      expect((await connect('owner-2')).refusal?.code).toBe('ALREADY_LINKED');
      expect((await connect('owner-1')).refusal).toBeNull();
      const [kept] = await store.erasures.withoutErased(ALPHA, [erasedRecord]);
      expect(kept?.raw).toBeNull();
    }
    const rekey = async () => await store.upkeep.rekey(() => undefined);
    const isNowhere = async (key: Uint8Array) => {
      const bytes = await test.bytes();
      const { head, hashHead } = createSealer(key, 'any');
      return !bytes.includes(head) && !bytes.includes(hashHead);
    };

    it('reads with the old key beside it, and finds what was read before to the letter', async () => {
      await fill();
      store = await test.reopen(BOTH);
      await expectWhole();
      const { changed, unchanged } = await take(store, [record], { readStartedAt: at(200) });
      expect({ changed, unchanged }).toEqual({ changed: 0, unchanged: 1 });
      expect(await isNowhere(FIRST)).toBe(false);
    });

    it('demands the old key until all is sealed anew, and not after; then the old one is of no use', async () => {
      await fill();
      await expect(test.reopen({ secretKey: SECOND })).rejects.toThrow(StoreRefusedError);
      store = await test.reopen(BOTH);
      const progress: number[] = [];
      const report = await store.upkeep.rekey(({ left }) => progress.push(left));
      expect(report).toMatchObject({ isDone: true, broken: 0, unknownKey: 0, releasedPins: 0 });
      expect(progress.at(-1)).toBe(0);

      await expect(test.reopen({ secretKey: FIRST })).rejects.toThrow(StoreRefusedError);
      store = await test.reopen({ secretKey: SECOND });
      await expectWhole();
      expect(await isNowhere(FIRST)).toBe(true);
      expect(await isNowhere(SECOND)).toBe(false);
      expect(await rekey()).toMatchObject({ moved: 0, isDone: true });
    });

    it('leaves a value of a key that is not listed alone, which hurts its field only, until the key is listed', async () => {
      await take(store, [record]);
      store = await test.reopen({ secretKey: THIRD, oldKeys: [FIRST] });
      const other = personalRecord(ADA, null, { externalId: 'other', externalUserId: 'user-3' });
      await take(store, [other]);
      store = await test.reopen(BOTH);
      const known = await knownOf(store, other);
      expect(known.status).toBe('PENDING');
      expect(() => known.openPersonal()).toThrow(SealBrokenError);
      expect(await rekey()).toMatchObject({ isDone: false, unknownKey: 1, broken: 0 });
      await expect(test.reopen({ secretKey: SECOND })).rejects.toThrow(StoreRefusedError);

      store = await test.reopen({ secretKey: SECOND, oldKeys: [FIRST, THIRD] });
      expect(await rekey()).toMatchObject({ isDone: true, unknownKey: 0 });
      store = await test.reopen({ secretKey: SECOND });
      expect((await knownOf(store, other)).openPersonal()).toEqual(other.verification.personal);
      expect(await store.countUsers({ email: ADA.email }, SEES_ALL)).toBe(2);
    });

    it('keeps what is read while it is sealed anew', async () => {
      const many = Array.from({ length: 150 }, (_, index) =>
        personalRecord(ADA, null, { externalId: `r${index}`, externalUserId: `u${index}` }),
      );
      await take(store, many);
      store = await test.reopen(BOTH);
      const newer = many.map(({ verification }, index) =>
        personalRecord({ fullName: `New ${index}` }, null, {
          externalId: verification.externalId,
          externalUserId: verification.externalUserId,
          updatedAt: at(2),
        }),
      );
      const [report] = await Promise.all([
        rekey(),
        take(store, newer, { learntBy: 'READ', readStartedAt: at(200) }),
      ]);
      expect(report.isDone).toBe(true);
      store = await test.reopen({ secretKey: SECOND });
      for (const index of [0, 99, 100, 149]) {
        const [one] = [newer[index] ?? record];
        expect((await knownOf(store, one)).openPersonal()).toEqual(one.verification.personal);
      }
      expect(await store.countUsers({ email: ADA.email }, SEES_ALL)).toBe(0);
      expect(await store.countUsers({ fullName: 'new 149' }, SEES_ALL)).toBe(1);
    });
  });
}
