import { describe, expect, it } from 'vitest';

import { LOCAL_OPERATOR, type Principal } from '#access/principal';
import { userId } from '#kyc/id';

import { createFakeContext, type FakeWorld } from './testing/fake-context.ts';
import { ALPHA, application, GAMMA, kycRecord, user, withUser } from './testing/records.ts';

const anna = user(userId('anna'), [[ALPHA, 'user-1']]);
const record = withUser(kycRecord('1'), anna);
const RAW = `query ($id: ID!) { verification(id: $id) { id raw } }`;
const PAYLOAD = { said: { much: [1, null, 'text'] } };

describe('raw', () => {
  const asking = (world: FakeWorld = {}) =>
    createFakeContext({
      users: [anna],
      verifications: [record],
      raws: { [record.id]: PAYLOAD },
      ...world,
    });

  it('is the payload as it is, opened only when it is asked for, and noted as read', async () => {
    const { ask, calls, context } = asking();
    await ask('query ($id: ID!) { verification(id: $id) { id } }', { id: record.id });
    expect(calls).not.toContain('readRaw');
    const { data, errors } = await ask(RAW, { id: record.id });
    expect(errors).toEqual([]);
    expect(data.verification.raw).toEqual(PAYLOAD);
    expect([...context.clearReads.byUser]).toEqual([[anna.id, new Set(['KycRecord.raw'])]]);
  });

  it('is what the source just said, where it was just asked', async () => {
    const { ask, calls } = asking({ verifications: [{ ...record, via: 'LIVE', liveRaw: { fresh: true } }] });
    expect((await ask(RAW, { id: record.id })).data.verification.raw).toEqual({ fresh: true });
    expect(calls).not.toContain('readRaw');
  });

  it.each<[string, FakeWorld]>([
    ['whom nobody revealed', { revealed: [] }],
    [
      'to an end user, were it their own',
      { principal: { ...LOCAL_OPERATOR, kind: 'END_USER', userId: anna.id } },
    ],
    ['to a partner', { principal: { ...LOCAL_OPERATOR, kind: 'PARTNER' } }],
    ['of a record that is gone', { verifications: [{ ...record, deleted: true }] }],
  ])('is null %s, and then it is not opened', async (_, world) => {
    const { ask, calls, context } = asking(world);
    const { data } = await ask(RAW, { id: record.id });
    expect(data.verification).toEqual({ id: record.id, raw: null });
    expect(calls).not.toContain('readRaw');
    expect(context.clearReads.byUser.size).toBe(0);
  });

  it('needs kyc:raw', async () => {
    const scopes = LOCAL_OPERATOR.scopes.filter((scope) => scope !== 'kyc:raw');
    const principal: Principal = { ...LOCAL_OPERATOR, scopes };
    const { data, errors } = await asking({ principal }).ask(RAW, { id: record.id });
    expect(data.verification.raw).toBeNull();
    expect(errors.map(({ extensions }) => extensions['code'])).toEqual(['FORBIDDEN']);
  });

  it('of an application that names others needs the clear reading of all of them, and tells of each', async () => {
    const owner = user(userId('owner'), [[GAMMA, 'applicant-account']]);
    const other = user(userId('other'), [[GAMMA, 'entity-account']]);
    const known = withUser(application('9'), owner);
    const world = { users: [owner, other], verifications: [known], raws: { [known.id]: PAYLOAD } };
    const half = asking({ ...world, revealed: [owner.id] });
    expect((await half.ask(RAW, { id: known.id })).data.verification.raw).toBeNull();
    expect(half.context.clearReads.byUser.size).toBe(0);
    const whole = asking({ ...world, revealed: [owner.id, other.id] });
    expect((await whole.ask(RAW, { id: known.id })).data.verification.raw).toEqual(PAYLOAD);
    expect([...whole.context.clearReads.byUser.keys()].toSorted()).toEqual([owner.id, other.id].toSorted());
  });
});
