import { describe, expect, it } from 'vitest';

import type { Instant } from '#kyc/instant';
import { SEES_ALL } from '#kyc/sight';
import type { StatsQuery } from '#kyc/verification-stats';

import { aSource } from './records.ts';
import type { OpenFresh } from './reopen.ts';
import { kycRecord, takeInRecords } from './sample-records.ts';
import { withStore } from './with-store.ts';

/** Demands nothing, and yet no counts are kept by it. */
export const OF_EACH_RECORD = { times: { lastChangedAt: [{ from: null, before: null }] } };

type Said = Parameters<typeof kycRecord>[0];

/** The counts that the database keeps are those of its records (see also statistics.ts). */
export function keptCountsBehaviours(open: OpenFresh): void {
  describe('kept counts', () => {
    const { fresh } = withStore(open);

    it('follow what becomes of records, once each', async () => {
      const store = await fresh();
      const created = '2026-03-01T10:20:00.000000000Z' as Instant;
      const first = kycRecord({ externalId: '1', status: 'PENDING', createdAt: created });
      const ids = await takeInRecords(store, [first, kycRecord({ externalId: '2', createdAt: null })]);
      const updatedAt = (day: number) => `2027-01-0${day}T00:00:00.000000000Z` as Instant;
      const expectSame = async (count: number) => {
        for (const groupBy of [['STATUS'], ['CREATED_DAY', 'STATUS']] as const) {
          const query: StatsQuery = { filter: {}, groupBy, timeZone: 'Asia/Kolkata' };
          const kept = await store.verificationStats(query, SEES_ALL);
          expect(kept).toEqual(await store.verificationStats({ ...query, filter: OF_EACH_RECORD }, SEES_ALL));
          expect(kept.reduce((sum, group) => sum + group.count, 0)).toBe(count);
        }
      };
      await expectSame(2);
      for (const [day, said] of [
        {},
        { status: 'APPROVED' },
        { createdAt: null },
        { createdAt: created },
      ].entries()) {
        const record = kycRecord({ ...first.verification, updatedAt: updatedAt(day + 1), ...said } as Said);
        await takeInRecords(store, [record, kycRecord({ externalId: `new-${day}` })]);
        await takeInRecords(store, [record]);
        await expectSame(3 + day);
      }
      await store.bury({
        source: aSource(),
        verificationIds: ids,
        learntBy: 'POLL',
        readStartedAt: await store.now(),
      });
      await expectSame(6);
    });
  });
}
