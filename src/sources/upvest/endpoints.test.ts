import { afterEach, beforeEach, expect, test } from 'vitest';

import { createSandboxPeople } from '#sources/sandbox-people';
import type { Source } from '#sources/source';

import { upvest } from './index.ts';
import { UPVEST } from './normalize.ts';
import { UpvestSandbox } from './sandbox.ts';
import type { SandboxCheck } from './sandbox-checks.ts';

const people = createSandboxPeople(12, [UPVEST]);
const READ = { pace: 'READ' } as const;

let sandbox: UpvestSandbox;
let environment: Readonly<Record<string, string>>;
let source: Source;

beforeEach(async () => {
  sandbox = new UpvestSandbox(people);
  environment = await sandbox.start();
  source = open(environment);
});
afterEach(async () => {
  await source.close();
  await sandbox.close();
});

function open(variables: Readonly<Record<string, string>>): Source {
  const faults: string[] = [];
  const settings = upvest.readSettings(variables, faults);
  if (settings === null || faults.length > 0) throw new Error(`Settings: ${faults.join(' ')}`);
  return upvest.open(settings);
}

const byUser = async (userId: string) => source.fetchByUser?.(userId, READ);
const byId = (externalId: string, externalUserId: string | null) =>
  source.fetchById?.({ externalId, externalUserId }, READ);
const checkOf = (fields: object = {}): SandboxCheck => ({
  id: 'c1',
  user_id: 'u1',
  status: 'PASSED',
  ...fields,
});

test('asks for the checks of a user by path, with the client id and a token', async () => {
  sandbox.add('user 1/ä', checkOf({ user_id: 'user 1/ä' }));
  const read = await byUser('user 1/ä');
  expect(read?.records.map(({ verification }) => verification.externalId)).toEqual(['c1']);
  expect(sandbox.requests).toHaveLength(1);
  expect(sandbox.requests[0]).toMatchObject({ method: 'GET', url: '/users/user%201%2F%C3%A4/checks' });
  expect(sandbox.requests[0]?.headers['upvest-client-id']).toBe(environment['UPVEST_CLIENT_ID']);
  expect(sandbox.requests[0]?.headers['authorization']).toMatch(/^Bearer ./);
});

test('asks for one check below its user', async () => {
  sandbox.add('u1', checkOf({ id: 'c/1' }));
  expect((await byId('c/1', 'u1'))?.records[0]?.verification).toMatchObject({
    externalId: 'c/1',
    externalUserId: 'u1',
    status: 'APPROVED',
  });
  expect(sandbox.requests[0]).toMatchObject({ method: 'GET', url: '/users/u1/checks/c%2F1' });
});

test('reads a user whom Upvest does not know as one without checks, and a check that is gone as null', async () => {
  sandbox.add('u1', checkOf());
  expect(await byUser('nobody')).toEqual({ records: [], unidentified: 0, incomplete: null });
  expect(await byId('nothing', 'u1')).toBeNull();
  expect(await byId('c1', 'nobody')).toBeNull();
});

test('never says of a check that it is gone when it could not ask', async () => {
  await expect(byId('c1', null)).rejects.toMatchObject({ code: 'SOURCE_NOT_FOUND' });
  expect(sandbox.requests).toHaveLength(0);
});

test.each(['', '.', '..', '\ud800'])('asks nothing for the id %j, which no path can carry', async (id) => {
  expect((await byUser(id))?.records).toEqual([]);
  expect(await byId(id, 'u1')).toBeNull();
  expect(sandbox.requests).toHaveLength(0);
});

test('counts rows that cannot be identified, and keeps the others', async () => {
  sandbox.add('u1', checkOf());
  sandbox.add('u1', { user_id: 'u1', status: 'PASSED' } as unknown as SandboxCheck);
  sandbox.add('u1', checkOf({ id: 'c2', user_id: 'u2' }));
  expect(await byUser('u1')).toMatchObject({
    records: [{ verification: { externalId: 'c1' } }],
    unidentified: 2,
  });
});

test('does not take another check for the one that was asked for', async () => {
  sandbox.add('u1', checkOf({ id: 'C1' }));
  sandbox.add('u1', checkOf({ id: 'c2', user_id: 'u2' }));
  expect(await byId('c2', 'u1')).toEqual({ records: [], unidentified: 1, incomplete: null });
});

test('asks for one token however many calls wait for it, and for a new one once it is refused', async () => {
  const ids = people.map((person) => sandbox.externalUserIdOf(person) ?? '');
  await Promise.all(ids.map(byUser));
  expect(sandbox.tokenRequests).toBe(1);
  sandbox.revokeTokens();
  await Promise.all(ids.map(byUser));
  expect(sandbox.tokenRequests).toBe(2);
});

test('says that the credential was refused', async () => {
  const refused = open({ ...environment, UPVEST_CLIENT_SECRET: 'wrong' });
  await expect(refused.fetchByUser?.('u1', READ)).rejects.toMatchObject({ code: 'SOURCE_REFUSED' });
  await refused.close();
});

test('sends a static token, or none, beside the client id', async () => {
  const { UPVEST_URL = '', UPVEST_CLIENT_ID = '' } = environment;
  for (const token of [{ UPVEST_TOKEN: 'static' }, {}]) {
    const other = open({ UPVEST_URL, UPVEST_CLIENT_ID, ...token });
    await expect(other.fetchByUser?.('u1', READ)).rejects.toMatchObject({ code: 'SOURCE_REFUSED' });
    await other.close();
  }
  expect(sandbox.requests.map(({ headers }) => headers['authorization'])).toEqual([
    'Bearer static',
    undefined,
  ]);
  expect(sandbox.requests.map(({ headers }) => headers['upvest-client-id'])).toEqual([
    UPVEST_CLIENT_ID,
    UPVEST_CLIENT_ID,
  ]);
  expect(sandbox.tokenRequests).toBe(0);
});
