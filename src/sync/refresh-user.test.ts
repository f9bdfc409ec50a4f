import { expect, test } from 'vitest';

import { FinogatesSandbox } from '#sources/finogates/sandbox';
import { UpvestSandbox } from '#sources/upvest/sandbox';

import { Bench, found } from '../../test/harness/bench.ts';

const ASKED = ['FINX', 'ROCKETKOR', 'UPVEST', 'SUMVIN'];

test('asks each linked source once, and what it says is in the store when it returns', async () => {
  await using bench = await Bench.create();
  await bench.learnAll();
  const upvest = bench.sandbox(UpvestSandbox);
  const name = bench.nameOf(bench.everywhere, 'UPVEST');
  const check = found(upvest.records().find(({ user_id }) => user_id === name));
  const to = check.status === 'FAILED' ? 'PASSED' : 'FAILED';
  upvest.setStatus(check.id, to);

  const user = await bench.user(bench.everywhere);
  const reports = await bench.actions.refreshUser(user);
  expect(reports.map(({ source, state }) => [source, state])).toEqual(
    bench.sources.map(({ descriptor }) => [descriptor.id, 'COMPLETE']),
  );
  const { verifications } = await bench.loaders().verificationsOfUser(user, 'STORED');
  expect(verifications.find(({ externalId }) => externalId === check.id)?.sourceStatus).toBe(to);
  for (const source of ASKED) expect(bench.calls(source), source).toHaveLength(1);
  expect(bench.calls('FINOGATES')).toEqual([]);
});

test('says of each source how it went: a copy is STALE, none UNAVAILABLE, no identity NOT_APPLICABLE', async () => {
  await using bench = await Bench.create();
  const person = bench.everywhere;
  const names = ['FINX', 'UPVEST', 'FINOGATES'].map((id) => ({
    source: bench.source(id).descriptor.id,
    externalId: bench.nameOf(person, id),
  }));
  await bench.store.linkIdentities([names], 'test');
  const readUser = async () => found(await bench.loaders().userByIdentity(found(names[0]), 'STORED'));
  await bench.actions.refreshUser(await readUser());
  const before = found((await readUser()).identities.find(({ source }) => source === 'FINX'));
  for (const sandbox of bench.sandboxes) sandbox.fault = 'WRONG';

  const reports = await bench.actions.refreshUser(await readUser());
  const of = (id: string) => found(reports.find(({ source }) => source === id));
  expect(of('FINX')).toMatchObject({
    state: 'STALE',
    asOf: before.lastReadAt,
    error: { code: 'SOURCE_BAD_PAYLOAD' },
  });
  expect(of('UPVEST')).toMatchObject({ state: 'STALE', error: { code: 'SOURCE_BAD_PAYLOAD' } });
  expect(of('FINOGATES')).toMatchObject({
    state: 'UNAVAILABLE',
    asOf: null,
    error: { code: 'SOURCE_INCOMPLETE' },
  });
  expect(of('SUMVIN')).toEqual({ source: 'SUMVIN', state: 'NOT_APPLICABLE', asOf: null, error: null });
});

test('brings the next scan of a source forward that can only be scanned', async () => {
  await using bench = await Bench.create();
  await bench.link();
  await bench.sync.start();
  const id = bench.sandbox(FinogatesSandbox).source;
  const planned = await expect
    .poll(() => bench.sync.nextSyncAt(id), { timeout: 10_000 })
    .not.toBeNull()
    .then(() => found(bench.sync.nextSyncAt(id)));
  await bench.actions.refreshUser(await bench.user(bench.everywhere));
  expect(found(bench.sync.nextSyncAt(id)) < planned).toBe(true);
});
