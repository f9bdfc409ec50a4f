import { describe, expect, test } from 'vitest';

import type { KnownVerification } from '#kyc/known-verification';
import { SEES_ALL } from '#kyc/sight';
import { sourceId } from '#kyc/source-id';
import type { SourceReport } from '#kyc/source-report';
import { UpvestSandbox } from '#sources/upvest/sandbox';

import { Bench, found } from '../../test/harness/bench.ts';
import { until } from '../../test/harness/until.ts';

const ASKABLE = ['FINX', 'ROCKETKOR', 'UPVEST', 'SUMVIN'];

const reportOf = (reports: readonly SourceReport[], id: string) =>
  found(reports.find(({ source }) => source === id));
const ofSource = (verifications: readonly KnownVerification[], id: string) =>
  verifications.filter(({ source }) => source === id);

describe('while a source never answers', () => {
  const WAITED = 'The source did not answer within 5 ms; what is shown is the copy held.';
  const DEADLINE = 'The source did not answer in time.';

  // The deadline of the source is far away: that an answer comes at all shows that nobody waited for it.
  test.each(ASKABLE)('FRESH gives the copy of %s after its wait, the call still pending', async (source) => {
    await using own = await Bench.create({ settings: { [`${source}_TIMEOUT_MS`]: '600000' } });
    await own.learnAll();
    const user = await own.user(own.everywhere);
    found(own.sandboxes.find((sandbox) => sandbox.source === source)).fault = 'SLOW';
    const { reports, verifications } = await own.loaders(SEES_ALL, 5).verificationsOfUser(user, 'FRESH');
    expect(reportOf(reports, source)).toMatchObject({
      state: 'STALE',
      error: { code: 'SOURCE_TIMEOUT', message: WAITED },
    });
    expect(ofSource(verifications, source).map(({ stale }) => stale)).not.toContain(false);
  });

  test.each(ASKABLE)(
    'LIVE waits the whole deadline of %s, and so does FRESH without a copy',
    async (source) => {
      await using own = await Bench.create({ settings: { [`${source}_TIMEOUT_MS`]: '100' } });
      const person = own.everywhere;
      const ref = { source: sourceId(source), externalId: own.nameOf(person, source) };
      await own.store.linkIdentities([[ref]], 'test');
      const sandbox = found(own.sandboxes.find((one) => one.source === source));
      const credential = sandbox.credentialOf(person);
      if (credential !== null) {
        await own.store.connectIdentity({ identity: ref, credential, owner: null, userId: null, by: 'test' });
      }
      const readUser = async () => found((await own.store.readUsersByIdentity([ref], SEES_ALL))[0]);
      sandbox.fault = 'SLOW';
      const without = await own.loaders(SEES_ALL, 1).verificationsOfUser(await readUser(), 'FRESH');
      expect(without.verifications).toEqual([]);
      expect(reportOf(without.reports, source)).toEqual({
        source,
        state: 'UNAVAILABLE',
        asOf: null,
        error: { code: 'SOURCE_TIMEOUT', message: DEADLINE, retryAfterMs: null },
      });

      sandbox.fault = 'NONE';
      const live = found(await own.loaders().verificationsOfUser(await readUser(), 'LIVE'));
      expect(live.verifications.length).toBeGreaterThan(0);
      await own.sync.live.settled();
      sandbox.fault = 'SLOW';
      const late = await own.loaders(SEES_ALL, 1).verificationsOfUser(await readUser(), 'LIVE');
      expect(late.verifications.map(({ id }) => id)).toEqual(live.verifications.map(({ id }) => id));
      expect(reportOf(late.reports, source)).toMatchObject({
        state: 'STALE',
        error: { code: 'SOURCE_TIMEOUT', message: DEADLINE },
      });
    },
  );

  test('what it says after FRESH has gone on is still learnt', async () => {
    await using own = await Bench.create();
    await own.learnAll();
    const user = await own.user(own.everywhere);
    const upvest = own.sandbox(UpvestSandbox);
    const name = own.nameOf(own.everywhere, 'UPVEST');
    const check = found(upvest.records().find(({ user_id }) => user_id === name));
    const to = check.status === 'FAILED' ? 'PASSED' : 'FAILED';
    upvest.setStatus(check.id, to);
    const gate = Promise.withResolvers<void>();
    const loaders = own.loaders(SEES_ALL, 5, {
      fetchRecord: (source, ref) => own.sync.live.fetchRecord(source, ref),
      async fetchIdentity(source, externalId) {
        await gate.promise;
        return own.sync.live.fetchIdentity(source, externalId);
      },
    });
    const { reports } = await loaders.verificationsOfUser(user, 'FRESH');
    expect(reportOf(reports, 'UPVEST').state).toBe('STALE');
    gate.resolve();
    await until('the store has learnt it', async () => {
      const { verifications } = await own.loaders().verificationsOfUser(user, 'STORED');
      return verifications.some(
        ({ externalId, sourceStatus }) => externalId === check.id && sourceStatus === to,
      );
    });
  });
});
