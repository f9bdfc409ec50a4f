import { describe, expect, it } from 'vitest';

import { userId } from '#kyc/id';
import { StoreUnavailableError } from '#store/database';

import type { Actions } from './context.ts';
import { createFakeContext } from './testing/fake-context.ts';
import { ALPHA, kycRecord, user } from './testing/records.ts';

const one = user(userId('one'), [[ALPHA, 'a']]);
const two = user(userId('two'), [[ALPHA, 'b']]);

const LINK = `mutation M($links: [[IdentityInput!]!]!) {
  linkIdentities(input: { links: $links, reason: "same person" }) { users { id } errors { code message path } }
}`;

describe('linkIdentities', () => {
  const refuseSecond: Actions['linkIdentities'] = async (lists) =>
    lists.map((_list, index) =>
      index === 1
        ? { userId: null, refusal: { code: 'ALREADY_LINKED', message: 'They are linked.' } }
        : { userId: [one, two][Math.min(index, 1)]?.id ?? '', refusal: null },
    );
  const identity = (externalId: string) => ({ source: 'ALPHA', externalId });

  it('answers each list in its place, refusals as data with their path', async () => {
    const { ask } = createFakeContext({ users: [one, two], actions: { linkIdentities: refuseSecond } });
    const links = [
      [identity('a')],
      [],
      [identity('b'), identity('c')],
      [identity('\u0000')],
      [identity('d')],
    ];
    const { data, errors } = await ask(LINK, { links });
    expect(errors).toEqual([]);
    expect(data.linkIdentities.users).toEqual([{ id: one.id }, null, null, null, { id: two.id }]);
    expect(data.linkIdentities.errors).toEqual([
      { code: 'INVALID_INPUT', message: expect.any(String), path: ['links', '1'] },
      { code: 'ALREADY_LINKED', message: 'They are linked.', path: ['links', '2'] },
      { code: 'INVALID_INPUT', message: expect.any(String), path: ['links', '3'] },
    ]);
  });

  it('says who linked and why', async () => {
    const requests: unknown[] = [];
    const linkIdentities: Actions['linkIdentities'] = async (_lists, request) => {
      requests.push(request);
      return [{ userId: one.id, refusal: null }];
    };
    const { ask } = createFakeContext({ users: [one], actions: { linkIdentities } });
    await ask(LINK, { links: [[identity('a')]] });
    expect(requests).toEqual([{ by: 'local', reason: 'same person' }]);
  });

  it('does nothing for nothing', async () => {
    const { ask, calls } = createFakeContext();
    const { data } = await ask(LINK, { links: [] });
    expect(data.linkIdentities).toEqual({ users: [], errors: [] });
    expect(calls).toEqual([]);
  });
});

const CONNECT = `mutation M($input: ConnectIdentityInput!) {
  connectIdentity(input: $input) { user { id } errors { code message path } }
}`;

describe('connectIdentity', () => {
  const input = { source: 'ALPHA', externalId: 'a', credential: 'pat-secret' };

  it('gives the user', async () => {
    const { ask } = createFakeContext({ users: [one] });
    const { data } = await ask(CONNECT, { input });
    expect(data.connectIdentity).toEqual({ user: { id: one.id }, errors: [] });
  });

  it('gives a refusal as data', async () => {
    const connectIdentity: Actions['connectIdentity'] = async () => ({
      userId: null,
      refusal: { code: 'SOURCE_REFUSED', message: 'The source refused the credential.' },
    });
    const { ask } = createFakeContext({ actions: { connectIdentity } });
    const { data } = await ask(CONNECT, { input });
    expect(data.connectIdentity.user).toBeNull();
    expect(data.connectIdentity.errors).toEqual([
      { code: 'SOURCE_REFUSED', message: 'The source refused the credential.', path: null },
    ]);
  });

  it.each([
    ['externalId', { externalId: '' }],
    ['credential', { credential: '' }],
    ['credential', { credential: 'pat-secret\r\nx-evil: 1' }],
    ['credential', { credential: 'pat-secret'.repeat(1000) }],
    ['tenant', { tenant: 'org\n' }],
    ['userId', { userId: kycRecord('1').id }],
  ])('refuses an impossible %s by its path, does nothing and repeats nothing', async (path, over) => {
    const { ask, calls } = createFakeContext({ users: [one] });
    const { data } = await ask(CONNECT, { input: { ...input, ...over } });
    expect(data.connectIdentity).toEqual({
      user: null,
      errors: [{ code: 'INVALID_INPUT', message: expect.not.stringContaining('secret'), path: [path] }],
    });
    // To whom the name belongs is asked for the audit alone.
    expect(calls.filter((call) => call !== 'readUsersByIdentity')).toEqual([]);
  });
});

const PART = `mutation M($input: UnlinkIdentityInput!) {
  unlinkIdentity(input: $input) { user { id } errors { code message path } }
}`;

describe('unlinkIdentity', () => {
  const identity = { source: 'ALPHA', externalId: 'a' };

  it('gives the user who keeps the id, and says who parted them and why', async () => {
    const requests: unknown[] = [];
    const unlinkIdentity: Actions['unlinkIdentity'] = async (...request) => {
      requests.push(request);
      return { userId: one.id, refusal: null };
    };
    const { ask } = createFakeContext({ users: [one], actions: { unlinkIdentity } });
    const { data } = await ask(PART, { input: { userId: one.id, identity, reason: 'a mistake' } });
    expect(data.unlinkIdentity).toEqual({ user: { id: one.id }, errors: [] });
    expect(requests).toEqual([[one.id, identity, { by: 'local', reason: 'a mistake' }]]);
  });

  it.each([
    ['NOT_FOUND', ['userId'], { userId: userId('nobody') }],
    ['NOT_FOUND', ['userId'], { userId: kycRecord('1').id }],
    ['INVALID_INPUT', ['identity', 'externalId'], { identity: { source: 'ALPHA', externalId: 'a\0' } }],
  ])('refuses with %s at %s, and does nothing', async (code, path, over) => {
    const { ask, calls } = createFakeContext({ users: [one] });
    const { data } = await ask(PART, { input: { userId: one.id, identity, ...over } });
    expect(data.unlinkIdentity).toEqual({
      user: null,
      errors: [{ code, message: expect.any(String), path }],
    });
    expect(calls).not.toContain('unlinkIdentity');
  });
});

const MERGE = `mutation M($input: MergeUsersInput!) {
  mergeUsers(input: $input) { user { id } errors { code path } }
}`;

describe('mergeUsers', () => {
  it('gives the user who stays', async () => {
    const { ask, calls } = createFakeContext({ users: [one, two] });
    const { data } = await ask(MERGE, { input: { keepId: two.id, mergeId: one.id } });
    expect(data.mergeUsers).toEqual({ user: { id: two.id }, errors: [] });
    expect(calls).toEqual(['readUsers', 'readUsers', 'mergeUsers', 'readUsers']);
  });

  it('names each id that is of nobody, and does nothing', async () => {
    const { ask, calls } = createFakeContext({ users: [one] });
    const { data } = await ask(MERGE, { input: { keepId: 'rubbish', mergeId: userId('nobody') } });
    expect(data.mergeUsers).toEqual({
      user: null,
      errors: [
        { code: 'NOT_FOUND', path: ['keepId'] },
        { code: 'NOT_FOUND', path: ['mergeId'] },
      ],
    });
    expect(calls).not.toContain('mergeUsers');
  });
});

const DISCONNECT = `mutation M($input: DisconnectIdentityInput!) {
  disconnectIdentity(input: $input) { user { id } errors { code path } }
}`;

describe('disconnectIdentity', () => {
  it('gives the user of the identity', async () => {
    const { ask } = createFakeContext({ users: [one] });
    const [held] = one.identities;
    const input = { source: held?.source, externalId: held?.externalId };
    const { data } = await ask(DISCONNECT, { input });
    expect(data.disconnectIdentity).toEqual({ user: { id: one.id }, errors: [] });
  });

  it.each([
    ['NOT_FOUND', 'never seen'],
    ['INVALID_INPUT', ''],
  ])('refuses with %s a name that is none here, and does nothing', async (code, externalId) => {
    const { ask, calls } = createFakeContext({ users: [one] });
    const { data } = await ask(DISCONNECT, { input: { source: 'ALPHA', externalId } });
    expect(data.disconnectIdentity).toEqual({ user: null, errors: [{ code, path: ['externalId'] }] });
    expect(calls).not.toContain('disconnectIdentity');
  });
});

describe('refreshUser', () => {
  const refresh = (id: string) =>
    `mutation { refreshUser(input: { id: "${id}" }) { user { id kyc { status } } sources { source } errors { code path } } }`;

  it('asks every source, then reads the user anew from the store', async () => {
    const { ask, calls } = createFakeContext({ users: [one] });
    const { data } = await ask(refresh(one.id));
    expect(data.refreshUser).toMatchObject({ user: { id: one.id }, errors: [] });
    expect(data.refreshUser.sources).toHaveLength(3);
    expect(calls).toEqual(['readUsers', 'readUsers', 'refreshUser', 'readUsers', 'answerOfUser STORED']);
  });

  it.each([
    ['nobody', userId('nobody')],
    ['a record', kycRecord('1').id],
    ['rubbish', 'rubbish'],
  ])('finds no user by the id of %s, and asks no source', async (_what, id) => {
    const { ask, calls } = createFakeContext({ users: [one] });
    const { data } = await ask(refresh(id));
    expect(data.refreshUser).toEqual({
      user: null,
      sources: [],
      errors: [{ code: 'NOT_FOUND', path: ['id'] }],
    });
    expect(calls).not.toContain('refreshUser');
  });
});

describe('a store that is down', () => {
  it('is told as STORE_UNAVAILABLE at the field that needed it, and the rest stands', async () => {
    const { context, ask } = createFakeContext({ users: [one] });
    const answerOfUser = () => Promise.reject(new StoreUnavailableError('gone: /secret/path'));
    Object.assign(context, { loaders: { ...context.loaders, answerOfUser } });
    const { data, errors } = await ask(`{ viewer { subject } user(id: "${one.id}") { id kyc { status } } }`);
    expect(data).toEqual({ viewer: { subject: 'local' }, user: { id: one.id, kyc: null } });
    expect(errors).toHaveLength(1);
    expect(errors[0]?.extensions['code']).toBe('STORE_UNAVAILABLE');
    expect(errors[0]?.path).toEqual(['user', 'kyc']);
    expect(errors[0]?.message).not.toContain('secret');
  });

  it('leaves other errors to the server, which masks them', async () => {
    const { context, ask } = createFakeContext({ users: [one] });
    const answerOfUser = () => Promise.reject(new TypeError('a bug'));
    Object.assign(context, { loaders: { ...context.loaders, answerOfUser } });
    const { errors } = await ask(`{ user(id: "${one.id}") { kyc { status } } }`);
    expect(errors.map(({ originalError }) => originalError)).toEqual([expect.any(TypeError)]);
  });
});
