import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';

import { verificationId } from '#kyc/id';
import { sourceId } from '#kyc/source-id';

import { everywhere, untilWhole, userIdOf } from '../../test/faults/questions.ts';
import { World } from '../../test/harness/world.ts';

const ASKABLE = ['FINX', 'ROCKETKOR', 'UPVEST', 'SUMVIN'];
const ALL = [...ASKABLE, 'FINOGATES'];

let world: World;
let id: string;
let before: ReadonlyMap<string, number>;
beforeAll(async () => {
  const settings = Object.fromEntries(ALL.map((source) => [`${source}_MAX_AGE_S`, '0']));
  world = await World.create({ people: 6, settings: { ...settings, READ_WAIT_MS: '20000' } });
  await world.start();
  await world.link();
  await untilWhole(world);
  id = await userIdOf(world, everywhere(world));
});
beforeEach(() => {
  before = new Map([...world.sandboxes.values()].map(({ source, requests }) => [source, requests.length]));
});
afterAll(() => world[Symbol.asyncDispose]());

/** Requests for data since the test began. */
const callsTo = (source: string) =>
  world
    .sandbox(source)
    .requests.slice(before.get(source))
    .map(({ url }) => url);
const allCalls = () => ALL.flatMap(callsTo);

test('each source is asked once for one person, however the query is shaped', async () => {
  const [one, other] = world.identitiesOf(everywhere(world)).filter(({ source }) => source !== 'FINOGATES');
  const record = verificationId(
    'KYC_RECORD',
    sourceId('SUMVIN'),
    world.sandbox('SUMVIN').externalUserIdOf(everywhere(world)) ?? '',
  );
  const query = `query ($id: ID!, $record: ID!, $one: ID!, $other: ID!) {
    user(id: $id, freshness: LIVE) { ...parts again: kyc(freshness: FRESH) { status } }
    aliased: user(id: $id) { ...parts all: verifications { nodes { user { kyc { status } } } } }
    first: userByIdentity(source: ${one?.source}, externalId: $one) { ...parts }
    second: userByIdentity(source: ${other?.source}, externalId: $other, freshness: LIVE) { ...parts }
    record: verification(id: $record, freshness: LIVE) { status user { kyc { status } } }
    node(id: $id) { ...parts }
    nodes(ids: [$id, $record, $id]) { ... on User { ...parts } ... on KycRecord { user { kyc { status } } } }
  }
  fragment parts on User {
    person { fullName }
    kyc { status because { user { kyc { status } } } contributors { id user { id person { email } } } }
    kycRecords { totalCount } checks { totalCount } idvApplications { totalCount }
    verifications(first: 1) { nodes { id } sources { state } }
  }`;
  const answer = await world.ask(query, { id, record, one: one?.externalId, other: other?.externalId });
  expect(answer.errors).toEqual([]);
  for (const source of ASKABLE) {
    expect(callsTo(source).length, source).toBeGreaterThan(0);
    // An account of somebody else whose application names this person is another key.
    expect(callsTo(source).length, source).toBe(new Set(callsTo(source)).size);
  }
  expect(callsTo('FINX')).toHaveLength(1);
  expect(callsTo('UPVEST')).toHaveLength(1);
  expect(callsTo('SUMVIN')).toEqual(['/v0/kyc/details']);
  expect(callsTo('FINOGATES')).toEqual([]);
});

test('lists of users, and of verifications with their users, ask nobody', async () => {
  const answer = await world.ask(`{
    users(first: 200) { nodes { person { fullName } kyc { status sources { state } } verifications { nodes { status user { kyc { status } } } } } }
    verifications(first: 200) { nodes { status user { kyc { status } person { email } } } sources { state } }
    sources { health lagSeconds }
  }`);
  expect(answer).toMatchObject({ httpStatus: 200, errors: [] });
  expect(allCalls()).toEqual([]);
});

test('node and nodes ask nobody', async () => {
  const answer = await world.ask(
    'query ($id: ID!) { node(id: $id) { ... on User { kyc { status } } } nodes(ids: [$id]) { id } }',
    { id },
  );
  expect(answer).toMatchObject({ httpStatus: 200, errors: [] });
  expect(allCalls()).toEqual([]);
});

test('a list of users asks when it is told to, each person once', async () => {
  const answer = await world.ask(
    '{ users(first: 200) { nodes { a: kyc(freshness: LIVE) { status } b: kyc(freshness: FRESH) { status } } } }',
  );
  expect(answer).toMatchObject({ httpStatus: 200, errors: [] });
  for (const source of ASKABLE) {
    const known = world.people.filter(({ sources }) => sources.some((one) => one === source));
    expect(callsTo(source).length, source).toBeGreaterThanOrEqual(known.length);
    if (source !== 'SUMVIN') expect(new Set(callsTo(source)).size, source).toBe(callsTo(source).length);
  }
  expect(callsTo('SUMVIN')).toHaveLength(
    world.people.filter(({ sources }) => sources.includes(sourceId('SUMVIN'))).length,
  );
});

test.each([
  [
    'an id of rubbish',
    '{ verification(id: "rubbish", freshness: LIVE) { id } user(id: "rubbish", freshness: LIVE) { id } }',
  ],
  ['an id of 10 kB', `{ verification(id: "${'A'.repeat(10_000)}", freshness: LIVE) { id } }`],
  [
    'an id of an unknown source',
    `{ verification(id: "${Buffer.from('Check:NOWHERE:1').toString('base64url')}") { id } }`,
  ],
  [
    'a name that no user can have',
    '{ userByIdentity(source: FINX, externalId: "\\u0000", freshness: LIVE) { id } }',
  ],
])('%s asks nobody, and is no error of the gateway', async (_name, query) => {
  const { httpStatus, errors } = await world.ask(query);
  expect(httpStatus).toBeLessThan(500);
  expect(errors.filter(({ extensions }) => extensions?.['code'] === 'INTERNAL_SERVER_ERROR')).toEqual([]);
  expect(allCalls()).toEqual([]);
});

test.each(['rubbish', 'A'.repeat(10_000), 'YXJyYXk6MQ=='])(
  'a cursor of rubbish below a LIVE user asks nobody',
  async (cursor) => {
    const query =
      'query ($id: ID!, $cursor: String) { user(id: $id, freshness: LIVE) { verifications(first: 1, after: $cursor) { nodes { id } } } }';
    const { errors } = await world.ask(query, { id, cursor });
    expect(errors.map(({ extensions }) => extensions?.['code'])).toEqual(['BAD_USER_INPUT']);
    expect(allCalls()).toEqual([]);
  },
);
