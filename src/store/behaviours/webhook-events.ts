import { beforeEach, describe, expect, it } from 'vitest';

import { sourceId } from '#kyc/source-id';
import type { Store } from '#store/store';
import { MAX_REPLAYED } from '#store/webhook-events/put-aside';
import type { EventOutcome, TakenEvent } from '#store/webhook-events/webhook-events';

import { ALPHA, aRecord, take as takeRecords, userOf } from './records.ts';
import type { OpenFresh } from './reopen.ts';
import { withStore } from './with-store.ts';

const BETA = sourceId('BETA');
const LONG = { limit: 100, leaseMs: 3_600_000 };
const DONE = { state: 'DONE' } as const;
const ASIDE = { state: 'PUT_ASIDE', reason: 'UNKNOWN_TYPE' } as const;

/** What sources told: kept once, worked on by one, done with or put aside, and never lost. */
export function webhookEventBehaviours(open: OpenFresh): void {
  describe('events of webhooks', () => {
    const test = withStore(open);
    let store: Store;
    beforeEach(async () => {
      store = await test.fresh();
    });

    const keep = (...texts: readonly string[]) =>
      store.webhookEvents.keep(
        ALPHA,
        texts.map((text) => ({ text, externalUserId: null })),
      );
    const take = (how = LONG) => store.webhookEvents.take(ALPHA, how);
    const settle = (events: readonly TakenEvent[], outcome: EventOutcome) =>
      store.webhookEvents.settle(events.map((event) => ({ event, outcome })));
    const textsOf = (events: readonly TakenEvent[]) => events.map(({ text }) => text).toSorted();
    const page = async (filter = {}) =>
      (
        await store.webhookEvents.pagePutAside({
          filter,
          page: { take: 50, direction: 'FORWARD', after: null, before: null },
        })
      ).rows;

    it('are given as they were said, each to one, and once they are done with to nobody', async () => {
      const odd = 'ünïcode "quoted" \u0000 \n';
      await keep('a', 'b', odd);
      await store.webhookEvents.keep(BETA, [{ text: 'a', externalUserId: 'somebody' }]);
      const [first, second] = [await take({ limit: 2, leaseMs: 3_600_000 }), await take()];
      expect(textsOf([...first, ...second])).toEqual(['a', 'b', odd]);
      expect(first).toHaveLength(2);
      expect([...first, ...second]).toMatchObject(
        [1, 2, 3].map(() => ({ attempts: 1, arrivals: 1, repeated: false })),
      );
      expect(await take()).toEqual([]);
      await settle([...first, ...second], DONE);
      expect(await take()).toEqual([]);
      expect(await store.webhookEvents.take(BETA, LONG)).toMatchObject([
        { text: 'a', externalUserId: 'somebody' },
      ]);
    });

    it('are never given to two who look at once', async () => {
      await keep(...Array.from({ length: 40 }, (_, index) => `${index}`));
      const taken = await Promise.all(
        Array.from({ length: 8 }, () => take({ limit: 7, leaseMs: 3_600_000 })),
      );
      const more = await take();
      const ids = [...taken.flat(), ...more].map(({ id }) => id);
      expect(ids).toHaveLength(40);
      expect(new Set(ids).size).toBe(40);
    });

    it('come back when the lease is over, and then are no matter of whoever had them', async () => {
      await keep('a');
      const [lost] = await take({ limit: 1, leaseMs: 0 });
      const [again] = await take();
      expect(again).toMatchObject({ text: 'a', attempts: 2 });
      await settle([lost as TakenEvent], ASIDE);
      expect(await page()).toEqual([]);
      await settle([again as TakenEvent], DONE);
      expect(await take({ limit: 1, leaseMs: 0 })).toEqual([]);
    });

    it('wait as long as they are told to', async () => {
      await keep('now', 'later');
      for (const event of await take())
        await settle([event], { state: 'WAITING', forMs: event.text === 'now' ? 0 : 3_600_000 });
      expect(textsOf(await take())).toEqual(['now']);
    });

    it('said twice before they are taken are one', async () => {
      await keep('a', 'a');
      await keep('a');
      expect(await take()).toMatchObject([{ text: 'a', arrivals: 2 }]);
    });

    it.each([
      ['done with', DONE],
      ['put aside', ASIDE],
      ['told to wait', { state: 'WAITING', forMs: 3_600_000 } as const],
    ])(
      'said again while they are worked on are worked on again, when they are %s',
      async (_what, outcome) => {
        await keep('a');
        const before = await take();
        await keep('a');
        await settle(before, outcome);
        expect(await take()).toMatchObject([{ text: 'a', arrivals: 2, attempts: 1, repeated: false }]);
        expect(await page()).toEqual([]);
      },
    );

    it('said again when they were done with are worked on again, and told from new ones', async () => {
      await keep('a');
      await settle(await take(), DONE);
      await keep('a', 'b');
      expect((await take()).map(({ text, repeated }) => [text, repeated]).toSorted()).toEqual([
        ['a', true],
        ['b', false],
      ]);
    });

    it('put aside are listed newest first, by source too, and never what they said', async () => {
      await keep('a');
      await keep('b');
      await store.webhookEvents.keep(BETA, [{ text: 'c', externalUserId: null }]);
      await settle(await take(), ASIDE);
      await settle(await store.webhookEvents.take(BETA, LONG), {
        state: 'PUT_ASIDE',
        reason: 'NOT_AT_SOURCE',
      });
      const all = await page();
      expect(all).toMatchObject([
        { source: BETA, reason: 'NOT_AT_SOURCE', attempts: 1 },
        { source: ALPHA, reason: 'UNKNOWN_TYPE' },
        { source: ALPHA, reason: 'UNKNOWN_TYPE' },
      ]);
      expect(all.map(({ receivedAt }) => receivedAt)).toEqual(
        all
          .map(({ receivedAt }) => receivedAt)
          .toSorted()
          .reverse(),
      );
      expect(await page({ source: BETA })).toEqual(all.slice(0, 1));
      expect(await store.webhookEvents.countPutAside({})).toBe(3);
      expect(await store.webhookEvents.countPutAside({ source: ALPHA })).toBe(2);
      expect(await store.webhookEvents.readPutAside(all[0]?.id ?? '')).toEqual(all[0]);
      for (const nobody of ['', 'x', 'a\u0000'])
        expect(await store.webhookEvents.readPutAside(nobody)).toBeNull();
    });

    it('put aside are worked on again when they are replayed, each once', async () => {
      await keep('a', 'b');
      await settle(await take(), ASIDE);
      const [one = '', other = ''] = (await page()).map(({ id }) => id);
      expect(await store.webhookEvents.replay([one, 'nobody', '\u0000', one])).toEqual([one]);
      expect(await store.webhookEvents.replay([one])).toEqual([]);
      expect((await page()).map(({ id }) => id)).toEqual([other]);
      expect(await take()).toMatchObject([{ id: one, attempts: 1 }]);
      const many = Array.from({ length: MAX_REPLAYED + 1 }, (_, index) => `${index}`);
      await expect(store.webhookEvents.replay(many)).rejects.toThrow(RangeError);
    });

    it('tell when a source last said anything, and whom those that wait are about', async () => {
      expect(await store.webhookEvents.lastReceivedAt(ALPHA)).toBeNull();
      const before = await store.now();
      await store.webhookEvents.keep(ALPHA, [
        { text: 'a', externalUserId: 'user-1' },
        { text: 'b', externalUserId: 'user-1' },
        { text: 'c', externalUserId: null },
      ]);
      expect(await store.webhookEvents.waitingUsers(ALPHA)).toEqual(new Set(['user-1']));
      const last = await store.webhookEvents.lastReceivedAt(ALPHA);
      expect(await store.webhookEvents.newestWaiting(ALPHA)).toBe(last);
      expect(await store.webhookEvents.newestWaiting(BETA)).toBeNull();
      expect((last ?? '') > before).toBe(true);
      await settle(await take(), DONE);
      expect(await store.webhookEvents.waitingUsers(ALPHA)).toEqual(new Set());
      expect(await store.webhookEvents.lastReceivedAt(ALPHA)).toBe(last);
      expect(await store.webhookEvents.newestWaiting(ALPHA)).toBeNull();
      expect(await store.webhookEvents.lastReceivedAt(BETA)).toBeNull();
    });

    it('are not kept in clear, and what they said goes with being done with', async () => {
      const text = '{"name":"Lovelace"}';
      await keep(text);
      expect((await test.bytes()).includes(Buffer.from('Lovelace'))).toBe(false);
      await settle(await take(), DONE);
      store = await test.reopen();
      await keep(text);
      expect(await take()).toMatchObject([{ text, repeated: true }]);
    });

    it('lose what they said of a user who is erased; those that wait still say whom to read', async () => {
      await takeRecords(store, [aRecord()]);
      await store.webhookEvents.keep(ALPHA, [
        { text: 'aside', externalUserId: 'user-1' },
        { text: 'of another', externalUserId: 'user-2' },
      ]);
      await settle(await take(), ASIDE);
      await store.webhookEvents.keep(ALPHA, [{ text: 'waits', externalUserId: 'user-1' }]);
      await store.erasures.eraseUser((await userOf(store, 'user-1')).id);
      expect(await take()).toMatchObject([{ text: null, externalUserId: 'user-1' }]);
      const ids = (await page()).map(({ id }) => id);
      expect(await store.webhookEvents.replay(ids)).toHaveLength(1);
      expect(await take()).toMatchObject([{ text: 'of another' }]);
    });

    it('survive a change of key, are opened with it, and are known again by it', async () => {
      await keep('waits', 'done', 'aside');
      for (const event of await take())
        await settle([event], event.text === 'done' ? DONE : event.text === 'aside' ? ASIDE : WAIT);
      const [secretKey, old] = [new Uint8Array(32).fill(9), new Uint8Array(32).fill(7)];
      store = await test.reopen({ secretKey, oldKeys: [old] });
      expect(await store.upkeep.rekey(() => undefined)).toMatchObject({ isDone: true, moved: 3 });
      store = await test.reopen({ secretKey });
      await store.webhookEvents.replay((await page()).map(({ id }) => id));
      await keep('waits');
      expect((await take()).map(({ text, arrivals }) => [text, arrivals]).toSorted()).toEqual([
        ['aside', 1],
        ['waits', 2],
      ]);
    });

    it('that were done with are not forgotten before their time', async () => {
      await keep('a', 'b');
      await settle(await take(), DONE);
      expect(await store.webhookEvents.forgetDone(10)).toBe(false);
      await keep('a');
      const [again] = await take();
      expect(again?.repeated).toBe(true);
    });
  });
}

const WAIT = { state: 'WAITING', forMs: 0 } as const;
