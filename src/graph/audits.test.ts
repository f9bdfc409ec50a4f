import { describe, expect, it, test } from 'vitest';

import type { AuditAction, AuditEntry } from '#access/audit';
import type { Principal } from '#access/principal';
import { auditEntryId, userId } from '#kyc/id';
import { toDateTime } from '#kyc/instant';
import type { AuditRecord } from '#store/audit/audit';

import { auditsOf } from './audits.ts';
import { createFakeContext, schema } from './testing/fake-context.ts';
import { ALPHA, at, kycRecord, user } from './testing/records.ts';

const one = user(userId('one'), [[ALPHA, 'a']]);
const two = user(userId('two'), [[ALPHA, 'b']]);
const users = [one, two];
const identity = (externalId: string) => `{ source: ALPHA, externalId: "${externalId}" }`;
const analyst = (...scopes: Principal['scopes']): Principal => ({
  kind: 'ANALYST',
  subject: 'anna',
  scopes,
  userId: null,
  expiresAt: null,
});

/** A call of each mutation that is audited by what its input says, and whom it is about. */
const CALLS: Readonly<
  Record<string, { input: string; action: AuditAction; about: readonly (string | null)[] }>
> = {
  linkIdentities: {
    input: `links: [[${identity('a')}, ${identity('new')}], [${identity('b')}]], reason: " case 7 "`,
    action: 'LINK',
    about: [one.id, two.id],
  },
  unlinkIdentity: {
    input: `userId: "${one.id}", identity: ${identity('a')}, reason: "case 7"`,
    action: 'UNLINK',
    about: [one.id],
  },
  mergeUsers: {
    input: `keepId: "${one.id}", mergeId: "${two.id}", reason: "case 7"`,
    action: 'MERGE',
    about: [one.id, two.id],
  },
  connectIdentity: {
    input: `source: ALPHA, externalId: "a", credential: "secret", userId: "${two.id}"`,
    action: 'CONNECT',
    about: [two.id, one.id],
  },
  disconnectIdentity: { input: 'source: ALPHA, externalId: "b"', action: 'DISCONNECT', about: [two.id] },
  refreshUser: { input: `id: "${one.id}"`, action: 'REFRESH', about: [one.id] },
};
const call = (name: string, input: string) => `mutation { ${name}(input: { ${input} }) { __typename } }`;

describe('a mutation', () => {
  it('that says whom it is about is tried here, each', () => {
    const fields = Object.values(schema.getMutationType()?.getFields() ?? {});
    const declared = fields.filter(({ extensions }) => auditsOf(extensions)?.about !== undefined);
    expect(declared.map(({ name }) => name).toSorted()).toEqual(Object.keys(CALLS).toSorted());
    expect(fields.filter(({ extensions }) => auditsOf(extensions) === null)).toEqual([]);
  });

  test.each(Object.entries(CALLS))(
    '%s has its entries before it does anything',
    async (name, { input, action, about }) => {
      let before: readonly AuditEntry[] = [];
      const { ask, entries, context } = createFakeContext({ users });
      const noting = Object.entries(context.actions).map(([key, act]) => [
        key,
        (...args: never[]) => {
          before = [...entries];
          return (act as (...args: never[]) => unknown)(...args);
        },
      ]);
      Object.assign(context.actions, Object.fromEntries(noting));
      expect((await ask(call(name, input))).errors).toEqual([]);
      const reason = input.includes('case 7') ? 'case 7' : null;
      const entry = { action, fields: [`Mutation.${name}`], reason, decision: 'ALLOWED' };
      expect(before).toEqual(about.map((userId) => ({ ...entry, userId })));
      expect(entries).toEqual(before);
    },
  );

  test.each(Object.entries(CALLS))('%s does nothing when there can be no entry', async (name, { input }) => {
    const { ask, calls } = createFakeContext({ users, auditIsDown: true });
    const { data, errors } = await ask(call(name, input));
    expect(data).toBeNull();
    expect(errors.map(({ extensions }) => extensions['code'])).toEqual(['STORE_UNAVAILABLE']);
    expect(calls.filter((one) => !one.startsWith('readUsers'))).toEqual([]);
  });

  it('that names nobody whom the caller sees, or nothing that can be an id, keeps no text of it', async () => {
    const { ask, entries } = createFakeContext({ users: [one] });
    for (const id of [userId('nobody'), 'anna@example.org', '', kycRecord('1').id])
      await ask(call('refreshUser', `id: "${id}"`));
    await ask(call('disconnectIdentity', 'source: ALPHA, externalId: "anna@example.org"'));
    expect(entries.map((entry) => entry.userId)).toEqual([null, null, null, null, null]);
    expect(JSON.stringify(entries)).not.toContain('anna@');
  });

  test.each([
    ['too long', 'x'.repeat(201)],
    ['of several lines', 'a\\nb'],
    ['with an address', 'asked by anna@example.org'],
    ['marked up', '<b>case</b>'],
    ['that cannot be seen', '\\u202ecase'],
  ])('with a reason %s is refused and does nothing', async (_, reason) => {
    const { ask, calls, entries } = createFakeContext({ users });
    const { errors } = await ask(
      call('mergeUsers', `keepId: "${one.id}", mergeId: "${two.id}", reason: "${reason}"`),
    );
    expect(errors.map(({ extensions }) => extensions['code'])).toEqual(['BAD_USER_INPUT']);
    expect(errors[0]?.message).not.toContain('anna');
    expect({ calls, entries }).toEqual({ calls: [], entries: [] });
  });
});

describe('what is refused', () => {
  it('is noted by what it is, once however often and under whatever names it was asked for', async () => {
    const principal = analyst('kyc:status');
    const { ask, context, entries } = createFakeContext({ users, principal });
    const refused = [
      await ask('{ a: users { nodes { identities { linkedBy x: linkedBy } } } }'),
      await ask('{ AnnaSchmidt: auditLog { nodes { id } } again: auditLog { nodes { id } } }'),
    ];
    for (const { errors } of refused)
      expect(new Set(errors.map(({ extensions }) => extensions['code']))).toEqual(new Set(['FORBIDDEN']));
    await ask(call('mergeUsers', `keepId: "${one.id}", mergeId: "${two.id}"`));
    expect(
      Object.fromEntries([...context.refusals.byAction].map(([action, fields]) => [action, [...fields]])),
    ).toEqual({
      READ: ['SourceIdentity.linkedBy', 'Query.auditLog'],
      MERGE: ['Mutation.mergeUsers'],
    });
    expect(entries).toEqual([]);
  });

  it('is nothing where all is allowed, or nothing is there', async () => {
    const { ask, context } = createFakeContext({ users });
    await ask(`{ users { nodes { id } } node(id: "${userId('nobody')}") { id } }`);
    expect(context.refusals.byAction.size).toBe(0);
  });
});

const REVEAL = `mutation M($input: RevealPersonalDataInput!) {
  revealPersonalData(input: $input) { user { id } until errors { code path } }
}`;

describe('revealPersonalData', () => {
  const input = { userId: one.id, reason: 'case 7' };
  const entry = {
    action: 'REVEAL',
    userId: one.id,
    fields: ['Mutation.revealPersonalData'],
    reason: 'case 7',
  };

  it('is audited, then holds for a quarter of an hour unless it says otherwise', async () => {
    const asked: unknown[] = [];
    const principal = analyst('kyc:pii');
    const { ask, context, entries } = createFakeContext({ users, principal });
    Object.assign(context.reveals, {
      reveal: async ({ kind, subject }: Principal, request: object) => {
        asked.push({ kind, subject, ...request, entries: entries.length });
        return at('2026-03-01T12:15:00Z');
      },
    });
    const { data, errors } = await ask(REVEAL, { input });
    expect(errors).toEqual([]);
    expect(data.revealPersonalData).toEqual({
      user: { id: one.id },
      until: '2026-03-01T12:15:00.000Z',
      errors: [],
    });
    await ask(REVEAL, { input: { ...input, minutes: 240 } });
    const reveal = { kind: 'ANALYST', subject: 'anna', userId: one.id, reason: 'case 7' };
    expect(asked).toEqual([
      { ...reveal, minutes: 15, entries: 1 },
      { ...reveal, minutes: 240, entries: 2 },
    ]);
    expect(entries).toEqual([entry, entry].map((same) => ({ ...same, decision: 'ALLOWED' })));
  });

  test.each([
    ['no reason', { reason: '  ' }, 'INVALID_INPUT', 'reason', { reason: null }],
    ['a reason that is none', { reason: 'a\nb' }, 'INVALID_INPUT', 'reason', { reason: null }],
    ['no time', { minutes: 0 }, 'INVALID_INPUT', 'minutes', {}],
    ['too long a time', { minutes: 241 }, 'INVALID_INPUT', 'minutes', {}],
    ['nobody', { userId: userId('nobody') }, 'NOT_FOUND', 'userId', { userId: null }],
    ['what is no user', { userId: kycRecord('1').id }, 'NOT_FOUND', 'userId', { userId: null }],
  ])('for %s is refused, and the refusal audited', async (_, over, code, path, kept) => {
    const { ask, context, entries } = createFakeContext({ users });
    Object.assign(context.reveals, { reveal: () => Promise.reject(new Error('It must not be revealed.')) });
    const { data, errors } = await ask(REVEAL, { input: { ...input, ...over } });
    expect(errors).toEqual([]);
    expect(data.revealPersonalData).toEqual({ user: null, until: null, errors: [{ code, path: [path] }] });
    expect(entries).toEqual([{ ...entry, ...kept, decision: 'REFUSED' }]);
  });

  it('does nothing when it cannot be audited', async () => {
    const { ask, context } = createFakeContext({ users, auditIsDown: true });
    Object.assign(context.reveals, { reveal: () => expect.unreachable('It must not be revealed.') });
    const { errors } = await ask(REVEAL, { input });
    expect(errors.map(({ extensions }) => extensions['code'])).toEqual(['STORE_UNAVAILABLE']);
  });
});

describe('auditLog', () => {
  const record = (sequence: number): AuditRecord => ({
    id: `${'c'.repeat(32)}.${String(sequence).padStart(12, '0')}`,
    at: at(`2026-03-01T12:00:0${sequence}Z`),
    actor: 'anna',
    kind: 'ANALYST',
    action: 'READ_CLEAR',
    userId: one.id,
    fields: ['Person.email'],
    reason: null,
    decision: 'ALLOWED',
    requestId: `request-${sequence}`,
  });
  const audited = [record(3), record(2), record(1)];
  const ALL = `query Q($first: Int, $after: String, $userId: ID, $actor: String) {
    auditLog(first: $first, after: $after, userId: $userId, actor: $actor) {
      totalCount pageInfo { hasNextPage endCursor }
      nodes { id at actor kind action userId fields reason decision requestId }
    }
  }`;
  const shown = (one: AuditRecord) => ({
    ...one,
    id: auditEntryId(one.id),
    at: toDateTime(one.at),
  });

  it('is read in pages, each entry as it was written', async () => {
    const { ask } = createFakeContext({ audited });
    const first = await ask(ALL, { first: 2 });
    expect(first.data.auditLog.nodes).toEqual([record(3), record(2)].map(shown));
    expect(first.data.auditLog).toMatchObject({ totalCount: 3, pageInfo: { hasNextPage: true } });
    const after = first.data.auditLog.pageInfo.endCursor;
    const second = await ask(ALL, { first: 2, after });
    expect(second.data.auditLog.nodes).toEqual([shown(record(1))]);
    const elsewhere = await ask(ALL, { after, actor: 'anna' });
    expect(elsewhere.errors.map(({ extensions }) => extensions['code'])).toEqual(['BAD_USER_INPUT']);
  });

  it('has nothing of what can be no user, and asks nobody for it', async () => {
    const { ask, context } = createFakeContext({ audited });
    Object.assign(context, { auditLog: {} });
    for (const id of ['', 'rubbish', kycRecord('1').id]) {
      const { data, errors } = await ask(ALL, { userId: id });
      expect(errors).toEqual([]);
      expect(data.auditLog).toMatchObject({ totalCount: 0, nodes: [] });
    }
  });

  it('has an id for each entry, by which only who may read the audit finds it', async () => {
    const id = auditEntryId(record(2).id);
    const NODE = `{ node(id: "${id}") { __typename id ... on AuditEntry { requestId } } nodes(ids: ["${id}", "${auditEntryId('x')}"]) { id } }`;
    const reader = createFakeContext({ audited, principal: analyst('kyc:status', 'kyc:audit') });
    expect((await reader.ask(NODE)).data).toEqual({
      node: { __typename: 'AuditEntry', id, requestId: 'request-2' },
      nodes: [{ id }, null],
    });
    const partner: Principal = { ...analyst('kyc:status', 'kyc:audit'), kind: 'PARTNER' };
    for (const principal of [analyst('kyc:status'), partner]) {
      const { ask } = createFakeContext({ audited, principal });
      expect(await ask(NODE)).toEqual({ data: { node: null, nodes: [null, null] }, errors: [] });
    }
  });
});
