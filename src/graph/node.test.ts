import { describe, expect, it } from 'vitest';

import { userId, verificationId } from '#kyc/id';
import { sourceId } from '#kyc/source-id';

import { createFakeContext } from './testing/fake-context.ts';
import { BETA, check, kycRecord, user, withUser } from './testing/records.ts';

const one = user(userId('one'));
const two = user(userId('two'));
const record = withUser(kycRecord('1'), one);
const aCheck = withUser(check('2'), two);
const world = { users: [one, two], verifications: [record, aCheck] };
const encoded = (text: string) => Buffer.from(text).toString('base64url');

/** Ids that can name nothing of this graph. */
const IMPOSSIBLE: readonly (readonly [string, string])[] = [
  ['empty', ''],
  ['rubbish', 'rubbish'],
  ['10 kB of rubbish', 'x'.repeat(10_240)],
  ['10 kB of an id', encoded(`User:${'x'.repeat(10_240)}`)],
  ['padded', `${one.id}=`],
  ['with a space', ` ${one.id}`],
  ['of a type that is none', encoded('Query:x')],
  ['of a type that has another kind of id', encoded('Write:x')],
  ['of a prototype', encoded('__proto__:ALPHA:1')],
  ['of a source that is none', verificationId('KYC_RECORD', sourceId('NOWHERE'), '1')],
  ['of a prototype as its source', encoded('KycRecord:constructor:1')],
  ['of a kind that its source does not have', verificationId('KYC_RECORD', BETA, '2')],
  ['without an external id', encoded('KycRecord:ALPHA:')],
  ['with NUL', '\u0000'],
];

describe.each(IMPOSSIBLE)('an id that is %s', (_what, id) => {
  it('is null everywhere, and asked of nobody', async () => {
    const { ask, calls } = createFakeContext(world);
    const { data, errors } = await ask(
      `query Q($id: ID!) {
        node(id: $id) { id }
        nodes(ids: [$id, $id]) { id }
        user(id: $id) { id }
        verification(id: $id, freshness: LIVE) { id }
      }`,
      { id },
    );
    expect(errors).toEqual([]);
    expect(data).toEqual({ node: null, nodes: [null, null], user: null, verification: null });
    expect(calls).toEqual([]);
  });
});

it('finds nothing by the id of another type, and asks nobody', async () => {
  const { ask, calls } = createFakeContext(world);
  const { data } = await ask(`{ user(id: "${record.id}") { id } verification(id: "${one.id}") { id } }`);
  expect(data).toEqual({ user: null, verification: null });
  expect(calls).toEqual([]);
});

it('finds nothing by an external id that can be none, and asks nobody', async () => {
  for (const externalId of ['', '\u0000', '\ud800', 'x'.repeat(10_240)]) {
    const { ask, calls } = createFakeContext(world);
    const { data, errors } = await ask(
      `query Q($externalId: ID!) {
        userByIdentity(source: ALPHA, externalId: $externalId, freshness: LIVE) { id }
        record: verificationByExternalId(source: ALPHA, externalId: $externalId) { id }
        below: verificationByExternalId(source: ALPHA, externalId: "1", externalUserId: $externalId) { id }
        users(filter: { externalId: $externalId }) { pageInfo { hasNextPage } }
      }`,
      { externalId },
    );
    expect(errors).toEqual([]);
    expect(data).toMatchObject({ userByIdentity: null, record: null, below: null });
    expect(calls).toEqual(['pageUsers']);
  }
});

describe('nodes', () => {
  it('keeps order and duplicates, knows each type, and is null where nothing is', async () => {
    const { ask } = createFakeContext(world);
    const ids = [aCheck.id, one.id, userId('nobody'), record.id, one.id, 'rubbish'];
    const { data } = await ask('query Q($ids: [ID!]!) { nodes(ids: $ids) { __typename id } }', { ids });
    expect(data.nodes).toEqual([
      { __typename: 'Check', id: aCheck.id },
      { __typename: 'User', id: one.id },
      null,
      { __typename: 'KycRecord', id: record.id },
      { __typename: 'User', id: one.id },
      null,
    ]);
  });

  it('reads each type in one batch, each id once, over aliases and fragments', async () => {
    const { ask, calls } = createFakeContext(world);
    const { errors } = await ask(
      `query Q($ids: [ID!]!, $one: ID!) {
        nodes(ids: $ids) { id }
        again: nodes(ids: $ids) { ...Deep }
        node(id: $one) { ...Deep }
        user(id: $one) { id }
      }
      fragment Deep on Node { id ... on User { createdAt } ... on Verification { status } }`,
      { ids: [one.id, record.id, two.id, aCheck.id, one.id], one: one.id },
    );
    expect(errors).toEqual([]);
    expect(calls.filter((call) => call.startsWith('batch')).toSorted()).toEqual([
      'batch of 2 users',
      'batch of 2 verifications',
    ]);
  });

  it('reads the users of a list of records in one batch', async () => {
    const { ask, calls } = createFakeContext(world);
    await ask('{ verifications { nodes { user { id } } again: nodes { user { id createdAt } } } }');
    expect(calls).toEqual(['pageVerifications', 'batch of 2 users']);
  });
});
