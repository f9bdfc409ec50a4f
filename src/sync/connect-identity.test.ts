import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';

import { SEES_ALL } from '#kyc/sight';
import { sourceId } from '#kyc/source-id';
import type { SandboxPerson } from '#sources/sandbox';
import { SumvinSandbox } from '#sources/sumvin/sandbox';

import { Bench, found } from '../../test/harness/bench.ts';

const SUMVIN = sourceId('SUMVIN');
let bench: Bench;
let sumvin: SumvinSandbox;
let people: readonly SandboxPerson[];
/** Everything that callers and operators could read of what was done. */
const told: string[] = [];

beforeAll(async () => {
  bench = await Bench.create({ people: 12, settings: { SUMVIN_TIMEOUT_MS: '950' } });
  sumvin = bench.sandbox(SumvinSandbox);
  people = bench.people.filter(({ sources }) => sources.includes(SUMVIN));
});
afterEach(() => {
  sumvin.fault = 'NONE';
});
afterAll(() => bench[Symbol.asyncDispose]());

async function connect(
  externalId: string,
  owner: { credential: string; tenant: string | null },
  source = SUMVIN,
  userId: string | null = null,
) {
  const outcome = await bench.actions.connectIdentity({
    identity: { source, externalId },
    ...owner,
    userId,
    by: 'test',
  });
  told.push(JSON.stringify(outcome));
  return outcome;
}
const ownerOf = (at: number) => found(sumvin.credentialOf(found(people[at])));
async function userOf(externalId: string) {
  return (await bench.store.readUsersByIdentity([{ source: SUMVIN, externalId }], SEES_ALL))[0] ?? null;
}

test('reads with the credential once, keeps it, and has the record', async () => {
  const outcome = await connect('first', ownerOf(0));
  const user = found(await userOf('first'));
  expect(outcome).toEqual({ userId: user.id, refusal: null });
  expect(user.identities).toMatchObject([{ externalId: 'first', connected: true }]);
  expect(user.identities[0]?.lastReadAt).not.toBeNull();
  expect(user.answer.contributorIds.length).toBeLessThanOrEqual(1);
  const read = await bench.store.readVerificationsOfUsers([user.id], SEES_ALL);
  expect(read.get(user.id)).toMatchObject([{ externalId: 'first', externalUserId: 'first' }]);
  expect(bench.calls('SUMVIN')).toEqual(['GET /v0/kyc/details']);
});

test("refuses another owner's credential under a name that is taken, and keeps the first", async () => {
  await connect('taken', ownerOf(1));
  const before = await bench.store.openCredential({ source: SUMVIN, externalId: 'taken' });
  expect(await connect('taken', ownerOf(2))).toMatchObject({
    userId: null,
    refusal: { code: 'ALREADY_LINKED' },
  });
  expect(await bench.store.openCredential({ source: SUMVIN, externalId: 'taken' })).toEqual(before);
  expect(await connect('taken', ownerOf(1))).toMatchObject({ refusal: null });
});

test('refuses what the source refuses, and takes nothing in', async () => {
  const refusals = [
    { credential: 'pat_that_nobody_has', tenant: null },
    { ...ownerOf(3), tenant: 'another-org' },
    { credential: 'pat with spaces\r\nx-injected: 1', tenant: null },
  ];
  for (const owner of refusals) {
    expect(await connect('refused', owner)).toMatchObject({
      userId: null,
      refusal: { code: 'SOURCE_REFUSED' },
    });
  }
  expect(await userOf('refused')).toBeNull();
});

test.each(['DOWN', 'SLOW', 'WRONG', 'HALF', 'UNAVAILABLE', 'LIMITED'] as const)(
  'is SOURCE_UNAVAILABLE, and takes nothing in, while the source is %s',
  async (fault) => {
    sumvin.fault = fault;
    expect(await connect('unheard', ownerOf(3))).toMatchObject({
      userId: null,
      refusal: { code: 'SOURCE_UNAVAILABLE' },
    });
    expect(await userOf('unheard')).toBeNull();
  },
);

test('joins the user who is named, and refuses one whom nobody knows', async () => {
  const user = found(await userOf('first'));
  sumvin.fault = 'NONE';
  // Lets the circuit close: the faults before this opened it.
  await expect
    .poll(() => connect('second', ownerOf(4), SUMVIN, user.id), { timeout: 10_000, interval: 250 })
    .toEqual({
      userId: user.id,
      refusal: null,
    });
  expect((await userOf('second'))?.id).toBe(user.id);
  expect(await connect('third', ownerOf(3), SUMVIN, 'VXNlcjpub2JvZHk')).toMatchObject({
    refusal: { code: 'NOT_FOUND' },
  });
});

test('is not supported where users are not read by credentials', async () => {
  expect(await connect('anybody', ownerOf(0), sourceId('FINX'))).toMatchObject({
    refusal: { code: 'NOT_SUPPORTED_BY_SOURCE' },
  });
});

test('never shows a credential again: not in an answer, a log line, or a file of the store', () => {
  const files = readdirSync(bench.folder).map((name) =>
    readFileSync(join(bench.folder, name)).toString('latin1'),
  );
  expect(files.length).toBeGreaterThan(0);
  const everything = [...told, ...bench.logged.lines, ...files].join('\n');
  for (let at = 0; at < 5; at += 1) expect(everything).not.toContain(ownerOf(at).credential);
  expect(everything).not.toContain('pat_that_nobody_has');
  expect(everything).not.toContain('x-injected');
});
