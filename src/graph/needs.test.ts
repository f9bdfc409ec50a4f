import { type GraphQLSchema, getNamedType, isInterfaceType, isObjectType } from 'graphql';
import { describe, expect, test } from 'vitest';

import { type Principal, type PrincipalKind, principalKinds } from '#access/principal';
import { type Scope, scopes } from '#access/scope';
import { userId } from '#kyc/id';

import type { Actions } from './context.ts';
import { mayHave, type Needs, needsOf } from './needs.ts';
import { createFakeContext, schema } from './testing/fake-context.ts';
import { ALPHA, user } from './testing/records.ts';

const ANNA = userId('A'.repeat(22));
const NOBODY = userId('Z'.repeat(22));
const anna = user(ANNA, [[ALPHA, 'a1']]);
const caller = (kind: PrincipalKind, held: readonly Scope[], userId: string | null = null): Principal => ({
  kind,
  subject: kind.toLowerCase(),
  scopes: held,
  userId,
  expiresAt: null,
});

function rootFields(of: GraphQLSchema) {
  const roots = [of.getQueryType(), of.getMutationType()].filter((type) => type != null);
  return roots.flatMap((type) =>
    Object.values(type.getFields()).map((field) => ({ name: `${type.name}.${field.name}`, field })),
  );
}

describe('every root field says who may have it', () => {
  const STAFF = ['ANALYST', 'OPERATOR'];
  const ALL = ['ANALYST', 'END_USER', 'OPERATOR', 'PARTNER'];
  const expected: Readonly<Record<string, Readonly<Partial<Record<Scope | 'none', readonly string[]>>>>> = {
    'Query.viewer': { none: ALL },
    'Query.user': { 'kyc:status': ALL },
    'Query.userByIdentity': { 'kyc:status': ALL },
    'Query.users': { 'kyc:status': ALL },
    'Query.node': { 'kyc:status': ALL },
    'Query.nodes': { 'kyc:status': ALL },
    'Query.verification': { 'kyc:status': ALL },
    'Query.verificationByExternalId': { 'kyc:status': ALL },
    'Query.verifications': { 'kyc:status': ALL },
    'Query.kycRecords': { 'kyc:status': ALL },
    'Query.checks': { 'kyc:status': ALL },
    'Query.idvApplications': { 'kyc:status': ALL },
    'Query.statusChanges': { 'kyc:status': ALL },
    'Query.changeCursor': { 'kyc:status': ALL },
    'Query.sources': { 'kyc:status': STAFF },
    'Query.unmappedStatuses': { 'kyc:status': STAFF },
    'Query.verificationStats': { 'kyc:status': ['ANALYST', 'OPERATOR', 'PARTNER'] },
    'Query.auditLog': { 'kyc:audit': STAFF },
    'Query.putAsideEvents': { 'kyc:operate': ['OPERATOR'] },
    'Mutation.replayPutAsideEvents': { 'kyc:operate': ['OPERATOR'] },
    'Mutation.linkIdentities': { 'kyc:link': STAFF },
    'Mutation.unlinkIdentity': { 'kyc:link': STAFF },
    'Mutation.mergeUsers': { 'kyc:link': STAFF },
    'Mutation.disconnectIdentity': { 'kyc:link': STAFF },
    'Mutation.connectIdentity': { none: ['END_USER'], 'kyc:link': STAFF },
    'Mutation.revealPersonalData': { 'kyc:pii': STAFF },
    'Mutation.eraseUser': { 'kyc:operate': ['OPERATOR'] },
    'Mutation.grantAccess': { 'kyc:operate': ['OPERATOR'] },
    'Mutation.revokeAccess': { 'kyc:operate': ['OPERATOR'] },
    'Mutation.refreshUser': { 'kyc:status': ['ANALYST', 'END_USER', 'OPERATOR'], 'kyc:write': ['PARTNER'] },
  };

  test('as it is written here, for each kind with each scope', () => {
    const found = rootFields(schema).map(({ name, field }) => {
      const needs: Needs = needsOf(field.extensions) ?? expect.unreachable(`${name} says nothing`);
      const without = principalKinds.filter((kind) => mayHave(caller(kind, []), needs));
      const by: [string, readonly string[]][] = [['none', without]];
      for (const scope of scopes)
        by.push([
          scope,
          principalKinds.filter((kind) => mayHave(caller(kind, [scope]), needs) && !without.includes(kind)),
        ]);
      const said = by.filter(([, kinds]) => kinds.length > 0);
      return [name, Object.fromEntries(said.map(([scope, kinds]) => [scope, kinds.toSorted()]))];
    });
    expect(Object.fromEntries(found)).toEqual(expected);
  });

  test('nothing of a status is reached on any way without kyc:status', () => {
    const STATUSES = ['KycSummary', 'Verification', 'KycRecord', 'Check', 'IdvApplication', 'Person'];
    const givesStatus = (extensions: Readonly<Record<string, unknown>>) => {
      const needs = needsOf(extensions);
      return (
        needs !== null && !principalKinds.some((kind) => mayHave(caller(kind, allBut('kyc:status')), needs))
      );
    };
    const reached = new Set<string>();
    const visit = (name: string) => {
      if (reached.has(name)) return;
      const type = schema.getType(name);
      if (!isObjectType(type) && !isInterfaceType(type)) return;
      reached.add(name);
      for (const field of Object.values(type.getFields()))
        if (!givesStatus(field.extensions)) visit(getNamedType(field.type).name);
      if (isInterfaceType(type)) for (const one of schema.getPossibleTypes(type)) visit(one.name);
    };
    visit('Query');
    visit('Mutation');
    expect([...reached]).toEqual(expect.arrayContaining(['User', 'LinkIdentitiesPayload']));
    expect(STATUSES.filter((name) => reached.has(name))).toEqual([]);
  });
});

function allBut(scope: Scope): readonly Scope[] {
  return scopes.filter((one) => one !== scope);
}

describe('a caller without the scope', () => {
  test('has no root field, and nothing is read for it', async () => {
    const { ask, calls } = createFakeContext({ users: [anna], principal: caller('ANALYST', ['kyc:link']) });
    const { data, errors } = await ask('{ user(id: "x") { id } viewer { subject } }');
    expect(data).toEqual({ user: null, viewer: { subject: 'analyst' } });
    expect(errors).toMatchObject([{ path: ['user'], extensions: { code: 'FORBIDDEN' } }]);
    expect(calls).toEqual([]);
  });

  test('does nothing by a mutation', async () => {
    const world = { users: [anna], principal: caller('OPERATOR', ['kyc:status']) };
    const { ask, calls } = createFakeContext(world);
    const { data, errors } = await ask(
      `mutation { linkIdentities(input: { links: [[{ source: ALPHA, externalId: "x" }]] }) { errors { code } } }`,
    );
    expect(data).toBeNull();
    expect(errors).toMatchObject([{ path: ['linkIdentities'], extensions: { code: 'FORBIDDEN' } }]);
    expect(calls).toEqual([]);
  });

  test('gets null and FORBIDDEN where one field needs more', async () => {
    const world = { users: [anna], principal: caller('ANALYST', ['kyc:status']) };
    const { data, errors } = await createFakeContext(world).ask(
      '{ users { nodes { identities { externalId linkedBy } } } }',
    );
    expect(data.users.nodes).toEqual([{ identities: [{ externalId: 'a1', linkedBy: null }] }]);
    expect(errors).toMatchObject([
      { path: ['users', 'nodes', 0, 'identities', 0, 'linkedBy'], extensions: { code: 'FORBIDDEN' } },
    ]);
  });

  test('links, and is not told statuses by the answer', async () => {
    const world = { users: [anna], principal: caller('OPERATOR', ['kyc:link']) };
    const { data, errors } = await createFakeContext(world).ask(
      `mutation { linkIdentities(input: { links: [[{ source: ALPHA, externalId: "a1" }]] }) {
        users { id kyc { status } } } }`,
    );
    expect(data.linkIdentities.users).toEqual([{ id: ANNA, kyc: null }]);
    expect(errors).toMatchObject([{ path: ['linkIdentities', 'users', 0, 'kyc'] }]);
  });
});

describe('an end user', () => {
  const principal = caller('END_USER', ['kyc:status', 'kyc:link', 'kyc:write'], ANNA);

  test('links nobody, whatever the scopes', async () => {
    const { ask, calls } = createFakeContext({ users: [anna], principal });
    for (const mutation of [
      'linkIdentities(input: { links: [[{ source: ALPHA, externalId: "a1" }]] }) { errors { code } }',
      `unlinkIdentity(input: { userId: "${ANNA}", identity: { source: ALPHA, externalId: "a1" } }) { errors { code } }`,
      `mergeUsers(input: { keepId: "${ANNA}", mergeId: "${NOBODY}" }) { errors { code } }`,
      'disconnectIdentity(input: { source: ALPHA, externalId: "a1" }) { errors { code } }',
    ]) {
      const { errors } = await ask(`mutation { ${mutation} }`);
      expect(errors).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }]);
    }
    expect(calls).toEqual([]);
  });

  const connect = async (named: string | null, who: Principal) => {
    const requests: unknown[] = [];
    const connectIdentity: Actions['connectIdentity'] = async (request) => {
      requests.push(request);
      return { userId: ANNA, refusal: null };
    };
    const { ask } = createFakeContext({ users: [anna], principal: who, actions: { connectIdentity } });
    const { data } = await ask(
      `mutation ($userId: ID) { connectIdentity(input: {
        source: ALPHA, externalId: "mine", credential: "pat", userId: $userId }) { user { id } errors { code path } } }`,
      { userId: named },
    );
    return { requests, payload: data.connectIdentity };
  };

  test.each([[null], [ANNA]])(
    'who names %j connects for themselves, and joins nothing of others',
    async (named) => {
      const { requests, payload } = await connect(named, principal);
      expect(payload).toEqual({ user: { id: ANNA }, errors: [] });
      expect(requests).toMatchObject([{ userId: ANNA, mayJoin: false, by: 'end_user' }]);
    },
  );

  test.each([
    ['names another', NOBODY, principal],
    ['is nobody yet', null, caller('END_USER', ['kyc:link'])],
  ])('who %s connects nothing', async (_, named, who) => {
    const { requests, payload } = await connect(named, who);
    expect(payload).toEqual({ user: null, errors: [{ code: 'NOT_FOUND', path: ['userId'] }] });
    expect(requests).toEqual([]);
  });
});
