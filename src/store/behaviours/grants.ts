import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { userId } from '#kyc/id';
import { SEES_ALL, SEES_NOTHING, type Sight } from '#kyc/sight';
import type { IdentityRef } from '#kyc/user';
import { type Grant, MAX_GRANTS } from '#store/grants/grants';
import type { Store } from '#store/store';

import type { OpenFresh, ReopenableStore } from './reopen.ts';
import { alpha, at, beta, gamma } from './sample-records.ts';

const MADE = { changed: true, refusal: null };
const FOUND = { changed: false, refusal: null };
const OF_ACME: Sight = { ...SEES_NOTHING, partner: 'acme' };
const NOTHING = { sources: [], businessAccounts: [], hasUsers: false };

/** What partners are granted, and what becomes of it when people are joined and parted. */
export function grantBehaviours(open: OpenFresh): void {
  describe('grants', () => {
    let test: ReopenableStore;
    let store: Store;

    beforeEach(async () => {
      test = await open();
      store = test.store;
    });
    afterEach(async () => await test.remove());

    const ofUser = (value: string, partner = 'acme'): Grant => ({ partner, kind: 'USER', value });
    const ofSource = (value: string, partner = 'acme'): Grant => ({ partner, kind: 'SOURCE', value });
    const newUser = async (ref: IdentityRef) => (await store.addIdentities([ref]))[0]?.userId ?? '';
    const seen = async () => {
      const { rows } = await store.pageUsers(
        { filter: {}, page: { take: 50, direction: 'FORWARD', after: null, before: null } },
        OF_ACME,
      );
      return rows.map(({ id }) => id);
    };

    it('are made once and gone once, said however often, each partner for itself', async () => {
      const id = await newUser(at(alpha, 'a'));
      const account: Grant = { partner: 'acme', kind: 'BUSINESS_ACCOUNT', value: 'b' };
      const all = [ofUser(id), ofSource(beta), ofSource(alpha), account, ofSource(alpha)];
      expect(await store.grants.grant(all, 'op')).toEqual([MADE, MADE, MADE, MADE, FOUND]);
      expect(await store.grants.grant(all, 'op')).toEqual(all.map(() => FOUND));
      expect(await store.grants.of('acme')).toEqual({
        sources: [alpha, beta],
        businessAccounts: ['b'],
        hasUsers: true,
      });
      for (const other of ['Acme', 'acm', '', 'acme\u0000', '\uD800'])
        expect(await store.grants.of(other)).toEqual(NOTHING);
      for (const grant of all.slice(0, 4)) expect(await store.grants.revoke(grant)).toEqual(MADE);
      expect(await store.grants.revoke(account)).toEqual(FOUND);
      expect(await store.grants.of('acme')).toEqual(NOTHING);
    });

    it('are refused for a user who is nobody, and stop no other', async () => {
      const nobody = [userId('nobody'), 'no id', '', 'a\u0000'].map((value) => ofUser(value));
      const outcomes = await store.grants.grant([...nobody, ofSource(alpha)], 'op');
      const notFound = { changed: false, refusal: expect.objectContaining({ code: 'NOT_FOUND' }) };
      expect(outcomes).toEqual([...nobody.map(() => notFound), MADE]);
      expect(await store.grants.revoke(ofUser(userId('nobody')))).toEqual(notFound);
    });

    it('are taken in a few at a time', async () => {
      const many = Array.from({ length: MAX_GRANTS + 1 }, (_, n) => ofSource(`S${n}`));
      await expect(store.grants.grant(many, 'op')).rejects.toThrow(RangeError);
      expect(await store.grants.grant(many.slice(1), 'op')).toHaveLength(MAX_GRANTS);
      expect(await store.grants.grant([], 'op')).toEqual([]);
    });

    it('tell which users a partner was granted by themselves', async () => {
      const [one, other] = [await newUser(at(alpha, 'a')), await newUser(at(alpha, 'b'))];
      await store.grants.grant([ofUser(one), ofUser(other, 'globex'), ofSource(alpha)], 'op');
      const ids = [one, other, 'nobody', '\u0000'];
      expect(await store.grants.holdsUsers('acme', ids)).toEqual(new Set([one]));
      expect(await store.grants.holdsUsers('globex', ids)).toEqual(new Set([other]));
      expect(await store.grants.holdsUsers('\u0000', ids)).toEqual(new Set());
      expect(await store.grants.holdsUsers('acme', [])).toEqual(new Set());
    });

    it('are given and taken back under any id that the user ever had', async () => {
      const ids = [await newUser(at(alpha, 'a')), await newUser(at(beta, 'b'))];
      const [linked] = await store.linkIdentities([[at(alpha, 'a'), at(beta, 'b')]], 'tester');
      for (const id of ids) {
        expect(await store.grants.grant([ofUser(id)], 'op')).toEqual([MADE]);
        expect(await seen()).toEqual([linked?.userId]);
        expect(await store.grants.revoke(ofUser(id))).toEqual(MADE);
        expect(await seen()).toEqual([]);
      }
    });

    it.each([
      ['linked', (s: Store) => s.linkIdentities([[at(alpha, 'a'), at(beta, 'b')]], 'tester')],
      ['merged', async (s: Store) => s.mergeUsers(await idOf(s, 'a'), await idOf(s, 'b'), 'tester')],
      [
        'merged the other way',
        async (s: Store) => s.mergeUsers(await idOf(s, 'b'), await idOf(s, 'a'), 'tester'),
      ],
      [
        'imported under an id of before',
        (s: Store) =>
          s.importPeople(
            [
              {
                identities: [at(alpha, 'a'), at(beta, 'b')],
                userId: userId('restored'),
                aliases: [],
                createdAt: null,
              },
            ],
            { by: 'file', dryRun: false },
          ),
      ],
    ])('go with users who are %s, of both and once', async (_how, join) => {
      const [one, other] = [await newUser(at(alpha, 'a')), await newUser(at(beta, 'b'))];
      await store.grants.grant([ofUser(one), ofUser(other), ofUser(other, 'globex')], 'op');
      await join(store);
      const present = await idOf(store, 'a');
      expect(await seen()).toEqual([present]);
      for (const partner of ['acme', 'globex']) {
        expect(await store.grants.holdsUsers(partner, [one, other, present])).toEqual(new Set([present]));
        expect(await store.grants.revoke(ofUser(one, partner))).toEqual(MADE);
        expect(await store.grants.of(partner)).toEqual(NOTHING);
      }
    });

    it('stay with the user when an identity is parted', async () => {
      await store.linkIdentities([[at(alpha, 'a'), at(beta, 'b')]], 'tester');
      const id = await idOf(store, 'a');
      await store.grants.grant([ofUser(id)], 'op');
      await store.unlinkIdentity(id, at(beta, 'b'), 'tester');
      const [kept] = await store.readUsers([id], OF_ACME);
      expect(kept?.identities).toEqual([expect.objectContaining(at(alpha, 'a'))]);
      expect(await seen()).toEqual([id]);
      expect(await store.readUsersByIdentity([at(beta, 'b')], OF_ACME)).toEqual([null]);
    });

    it('stand under the present id when users are granted while they are joined', async () => {
      const partners = Array.from({ length: 12 }, (_, n) => `partner ${n}`);
      for (const name of ['1', '2', '3', '4']) {
        const ids = [await newUser(at(alpha, name)), await newUser(at(gamma, name))];
        const granting = async () => {
          for (const partner of partners)
            await store.grants.grant(
              ids.map((id) => ofUser(id, partner)),
              'op',
            );
        };
        await Promise.all([granting(), store.linkIdentities([[at(alpha, name), at(gamma, name)]], 'tester')]);
        const present = new Set([await idOf(store, name)]);
        for (const partner of partners) expect(await store.grants.holdsUsers(partner, ids)).toEqual(present);
      }
    });
  });
}

async function idOf(store: Store, name: string): Promise<string> {
  const refs = [alpha, beta].map((source) => at(source, name));
  const users = await store.readUsersByIdentity(refs, SEES_ALL);
  return users.find((user) => user !== null)?.id ?? '';
}
