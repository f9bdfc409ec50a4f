import { describe, expect, it } from 'vitest';

import type { Principal } from '#access/principal';
import { userId } from '#kyc/id';

import { createFakeContext } from './testing/fake-context.ts';
import { ALPHA, kycRecord, NOT_STARTED, user, withUser } from './testing/records.ts';

const someone = user(userId('someone'), [[ALPHA, 'user-1']]);
const record = withUser(kycRecord('1'), someone);
const answer = { ...NOT_STARTED, becauseId: record.id, contributorIds: [record.id] };
const endUser: Principal = {
  kind: 'END_USER',
  subject: 'someone',
  scopes: ['kyc:status'],
  userId: someone.id,
  expiresAt: null,
};
const world = { users: [someone], verifications: [record], answer, principal: endUser };

/** What left the graph, in order, without the reads of users and records by id. */
async function callsOf(query: string): Promise<readonly string[]> {
  const { ask, calls } = createFakeContext(world);
  const { errors } = await ask(query);
  expect(errors).toEqual([]);
  return calls.filter((call) => !call.startsWith('batch') && !call.startsWith('page'));
}

const ID = `id: "${someone.id}"`;
const RECORD = `id: "${record.id}"`;
const IDENTITY = 'source: ALPHA, externalId: "user-1"';

describe('freshness', () => {
  it.each([
    [
      'user',
      `{ user(${ID}) { kyc { status } person { fullName } } }`,
      ['answerOfUser FRESH', 'verificationsOfUser FRESH'],
    ],
    [
      'userByIdentity',
      `{ userByIdentity(${IDENTITY}) { kyc { status } } }`,
      ['userByIdentity FRESH', 'answerOfUser FRESH'],
    ],
    [
      'verification',
      `{ verification(${RECORD}) { user { kyc { status } } } }`,
      ['verification FRESH', 'answerOfUser FRESH'],
    ],
    [
      'verificationByExternalId',
      `{ verificationByExternalId(${IDENTITY}) { id } }`,
      ['verificationByExternalId FRESH'],
    ],
    ['viewer.user', '{ viewer { user { kyc { status } } } }', ['answerOfUser FRESH']],
    ['users', '{ users { nodes { kyc { status } } } }', ['answerOfUser STORED']],
    ['a list of records', '{ kycRecords { nodes { user { kyc { status } } } } }', ['answerOfUser STORED']],
    ['node', `{ node(${ID}) { ... on User { kyc { status } } } }`, ['answerOfUser STORED']],
    [
      'nodes',
      `{ nodes(ids: ["${someone.id}"]) { ... on User { checks { totalCount } } } }`,
      ['verificationsOfUser STORED'],
    ],
  ])('has the documented default below %s', async (_where, query, calls) => {
    expect(await callsOf(query)).toEqual(calls);
  });

  it.each([
    ['user', `{ user(${ID}, freshness: LIVE) { kyc { status } } }`, ['answerOfUser LIVE']],
    [
      'user, against its default',
      `{ user(${ID}, freshness: STORED) { kyc { status } } }`,
      ['answerOfUser STORED'],
    ],
    ['kyc, in a list', '{ users { nodes { kyc(freshness: LIVE) { status } } } }', ['answerOfUser LIVE']],
    [
      'null, which asks for nothing',
      `{ user(${ID}, freshness: null) { kyc(freshness: null) { status } } }`,
      ['answerOfUser FRESH'],
    ],
  ])('is asked for at %s', async (_where, query, calls) => {
    expect(await callsOf(query)).toEqual(calls);
  });

  it('is inherited by all below the nearest argument, each branch by its own', async () => {
    const query = `{ user(${ID}, freshness: LIVE) {
      kyc { because { user { kyc { status } } } }
      kycRecords(freshness: STORED) { nodes { user { kyc { status } checks { totalCount } } } }
      verifications { nodes { user { person { fullName } } } }
    } }`;
    expect((await callsOf(query)).toSorted()).toEqual([
      'answerOfUser LIVE',
      'answerOfUser LIVE',
      'answerOfUser STORED',
      'verificationsOfUser LIVE',
      'verificationsOfUser LIVE',
      'verificationsOfUser STORED',
      'verificationsOfUser STORED',
    ]);
  });

  it('is inherited through the answer by the record that decided and by contributors', async () => {
    const query = `{ users { nodes { kyc(freshness: FRESH) {
      because { user { kyc { status } } } contributors { user { kyc { status } } }
    } } } }`;
    expect(await callsOf(query)).toEqual(['answerOfUser FRESH', 'answerOfUser FRESH', 'answerOfUser FRESH']);
  });
});
