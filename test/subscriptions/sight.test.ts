import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import type { Principal } from '#access/principal';
import type { Scope } from '#access/scope';
import { mayHave } from '#graph/needs';
import { alpha, at, beta } from '#store/behaviours/sample-records';

import { analyst, endUser, operator, partner, type Subscriber, SubscriptionBench } from './bench.ts';
import { People } from './people.ts';

const CHANGES = '{ statusChanged { verificationId to verification { id } user { id } } }';
const ANSWERS =
  '{ userKycChanged { userId from to reason nextAction sequence cause because { id } user { id } } }';

let bench: SubscriptionBench;
let people: People;
let ids: { readonly anna: string; readonly ben: string };
let records: { readonly anna: string; readonly ben: string };
beforeEach(async () => {
  bench = await SubscriptionBench.open();
  people = new People(bench.store);
  records = { anna: await people.move('anna', 'PENDING'), ben: await people.move('ben', 'PENDING') };
  ids = { anna: await people.idOf('anna'), ben: await people.idOf('ben') };
});
afterEach(async () => await bench[Symbol.asyncDispose]());

/** Of the next results, as many as there are words, whose change it is. */
async function told(subscriber: Subscriber, count: number): Promise<readonly unknown[]> {
  const events = await subscriber.events(count);
  return events.map(({ verificationId, to }) => [verificationId, to]);
}

describe('a partner', () => {
  test('is told nothing of whom it may see no longer, though it was there to be told before', async () => {
    await people.grant('p', ids.anna, ids.ben);
    const subscriber = await bench.subscribe(partner, CHANGES);
    await people.move('anna', 'IN_REVIEW');
    await people.move('ben', 'IN_REVIEW');
    await people.move('anna', 'APPROVED');
    await people.move('ben', 'APPROVED');
    expect(await told(subscriber, 1)).toEqual([[records.anna, 'IN_REVIEW']]);
    await people.revoke('p', ids.anna);
    expect(await told(subscriber, 2)).toEqual([
      [records.ben, 'IN_REVIEW'],
      [records.ben, 'APPROVED'],
    ]);
    await people.move('anna', 'REJECTED');
    await people.move('ben', 'REJECTED');
    expect(await told(subscriber, 1)).toEqual([[records.ben, 'REJECTED']]);
  });

  test('is told of whom it may see from when it may, and a stream of nothing does not end', async () => {
    const subscriber = await bench.subscribe(partner, CHANGES);
    const next = told(subscriber, 1);
    await people.move('anna', 'IN_REVIEW');
    await people.grant('p', ids.anna);
    await people.move('ben', 'APPROVED');
    await people.move('anna', 'APPROVED');
    const [[record] = []] = (await next) as readonly (readonly unknown[])[];
    expect(record).toBe(records.anna);
    expect(bench.logged.lines).toEqual([]);
  });

  test('limited to a source is told of answers as they look from there, with nothing of before', async () => {
    await bench.store.linkIdentities([[at(alpha, 'anna'), at(beta, 'anna-b')]], 'test');
    await people.move('anna-b', 'PENDING', beta);
    const anna = await people.idOf('anna');
    await bench.store.grants.grant([{ partner: 'p', kind: 'SOURCE', value: alpha }], 'test');
    const whole = await bench.subscribe(analyst, ANSWERS);
    const limited = await bench.subscribe(partner, ANSWERS);
    const approvals = await bench.subscribe(partner, ANSWERS.replace('Changed', 'Changed(to: [APPROVED])'));
    const seen = limited.event();
    const rejected = await people.move('anna-b', 'REJECTED', beta);
    expect(await whole.event()).toMatchObject({ from: 'PENDING', to: 'REJECTED', because: { id: rejected } });
    // What the whole answer comes to is the same.
    const approved = await people.move('anna', 'APPROVED');
    expect(await seen).toEqual({
      userId: anna,
      from: null,
      to: 'APPROVED',
      reason: 'SUBMITTED',
      nextAction: 'NONE',
      sequence: 0,
      cause: 'VERIFICATION',
      because: { id: approved },
      user: { id: anna },
    });
    await bench.store.unlinkIdentity(anna, at(beta, 'anna-b'), 'test');
    expect(await limited.event()).toMatchObject({ from: null, to: 'APPROVED' });
    await people.move('anna', 'REJECTED');
    await people.move('ben', 'APPROVED');
    expect(await approvals.event()).toMatchObject({ userId: ids.ben, to: 'APPROVED' });
  });

  test('whose sight of users whole becomes one of a source, or ends to be, misses nothing', async () => {
    await people.grant('p', ids.anna);
    const subscriber = await bench.subscribe(partner, ANSWERS);
    await people.move('anna', 'APPROVED');
    await people.move('anna', 'REJECTED');
    expect(await subscriber.event()).toMatchObject({ from: 'PENDING', to: 'APPROVED', sequence: 2 });
    await bench.store.grants.grant([{ partner: 'p', kind: 'SOURCE', value: beta }], 'test');
    expect(await subscriber.event()).toMatchObject({ from: null, to: 'REJECTED', user: { id: ids.anna } });
    await people.move('anna', 'PENDING');
    expect(await subscriber.event()).toMatchObject({ from: null, to: 'PENDING' });
    await bench.store.grants.revoke({ partner: 'p', kind: 'SOURCE', value: beta });
    await people.move('anna', 'EXPIRED');
    expect(await subscriber.event()).toMatchObject({ from: 'PENDING', to: 'EXPIRED' });
  });
});

describe('an end user', () => {
  test('is told of themselves alone, whomever they name', async () => {
    const own = await bench.subscribe(endUser(ids.anna), CHANGES);
    const filter = { userIds: [ids.anna, ids.ben] };
    const prying = await bench.subscribe(
      endUser(ids.anna),
      '($filter: StatusChangeFilter) { statusChanged(filter: $filter) { verificationId to } }',
      { filter },
    );
    const answers = await bench.subscribe(endUser(ids.anna), ANSWERS);
    await people.move('ben', 'APPROVED');
    await people.move('anna', 'APPROVED');
    for (const subscriber of [own, prying])
      expect(await told(subscriber, 1)).toEqual([[records.anna, 'APPROVED']]);
    expect(await answers.event()).toMatchObject({ userId: ids.anna, to: 'APPROVED' });
  });

  test('who becomes another one by a link is told of who they are by then', async () => {
    const who = { now: ids.ben };
    const renew = async (): Promise<Principal> => ({ ...endUser(who.now), renew });
    const subscriber = await bench.subscribe({ ...endUser(ids.ben), renew }, CHANGES);
    await bench.store.mergeUsers(ids.anna, ids.ben, 'test');
    who.now = ids.anna;
    await people.move('ben', 'APPROVED');
    expect(await told(subscriber, 1)).toEqual([[records.ben, 'APPROVED']]);
    await bench.store.unlinkIdentity(ids.anna, at(alpha, 'ben'), 'test');
    await people.move('ben', 'REJECTED');
    await people.move('anna', 'REJECTED');
    expect(await told(subscriber, 1)).toEqual([[records.anna, 'REJECTED']]);
  });
});

test('two who ask the same, and see different things, are each given what they see', async () => {
  const mine = await bench.subscribe(endUser(ids.anna), CHANGES);
  const all = await bench.subscribe(operator, CHANGES);
  const other = await bench.subscribe(endUser(ids.ben), CHANGES);
  await people.move('ben', 'APPROVED');
  await people.move('anna', 'APPROVED');
  const of = (user: string, record: string) => ({
    verificationId: record,
    to: 'APPROVED',
    verification: { id: record },
    user: { id: user },
  });
  const [annas, bens] = [of(ids.anna, records.anna), of(ids.ben, records.ben)];
  expect(await all.events(2)).toEqual([bens, annas]);
  expect(await mine.event()).toEqual(annas);
  expect(await other.event()).toEqual(bens);
});

describe('who may not subscribe', () => {
  const FIELDS = ['statusChanged { id }', 'userKycChanged { id }'];
  const kinds = ['END_USER', 'ANALYST', 'PARTNER', 'OPERATOR'] as const;
  const scopesHeld: readonly (readonly Scope[])[] = [[], ['kyc:pii', 'kyc:operate'], ['kyc:status']];

  test.each(FIELDS)('is refused %s, and the audit has it', async (field) => {
    for (const kind of kinds)
      for (const scopes of scopesHeld) {
        const principal: Principal = {
          ...operator,
          kind,
          scopes,
          userId: kind === 'END_USER' ? ids.anna : null,
        };
        const { performed, stop } = await bench.ask(principal, `subscription { ${field} }`);
        const isRefused = !(Symbol.asyncIterator in performed);
        expect(isRefused).toBe(!mayHave(principal, 'kyc:status'));
        if (isRefused) expect(performed).toMatchObject({ errors: [{ extensions: { code: 'FORBIDDEN' } }] });
        stop.abort();
      }
    const name = `Subscription.${field.split(' ')[0]}`;
    const { rows } = await bench.store.audit.page({
      filter: {},
      page: { take: 100, direction: 'FORWARD', after: null, before: null },
    });
    const refused = rows.filter(({ decision, fields }) => decision === 'REFUSED' && fields.includes(name));
    expect(refused).toHaveLength(kinds.length * 2);
  });
});
