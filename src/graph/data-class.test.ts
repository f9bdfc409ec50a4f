import SchemaBuilder from '@pothos/core';
import { type GraphQLSchema, graphql, isInterfaceType, isObjectType } from 'graphql';
import { describe, expect, it, test } from 'vitest';

import { createClearReads } from '#access/clear-reads';
import type { Clearance } from '#access/clearance';
import type { Principal } from '#access/principal';
import { userId } from '#kyc/id';

import type { GraphContext } from './context.ts';
import { type DataClassOptions, dataClassOf, isPersonal } from './data-class.ts';
import { createFakeContext, schema } from './testing/fake-context.ts';
import { kycRecord, user, withUser } from './testing/records.ts';

const ANNA = userId('anna');
const analyst: Principal = {
  kind: 'ANALYST',
  subject: 'a',
  scopes: ['kyc:pii'],
  userId: null,
  expiresAt: null,
};
const endUser: Principal = { ...analyst, kind: 'END_USER', userId: ANNA };

function fieldsOf(of: GraphQLSchema) {
  const types = Object.values(of.getTypeMap()).filter((type) => isObjectType(type) || isInterfaceType(type));
  return types
    .filter(({ name }) => !name.startsWith('__'))
    .flatMap((type) =>
      Object.values(type.getFields()).map((field) => [`${type.name}.${field.name}`, field] as const),
    );
}

describe('the graph', () => {
  it('says of every field of what class it is', () => {
    const fields = fieldsOf(schema);
    expect(fields.length).toBeGreaterThan(250);
    expect(
      fields.filter(([, { extensions }]) => dataClassOf(extensions) === null).map(([name]) => name),
    ).toEqual([]);
  });

  it('says the same of a field in a type as in its interface', () => {
    const ofInterface = fieldsOf(schema).filter(([name]) => name.startsWith('Verification.'));
    for (const [name, { extensions }] of ofInterface)
      for (const type of ['KycRecord', 'Check', 'IdvApplication']) {
        const own = fieldsOf(schema).find(([one]) => one === name.replace('Verification', type));
        expect(dataClassOf(own?.[1].extensions ?? {})?.dataClass, name).toBe(
          dataClassOf(extensions)?.dataClass,
        );
      }
  });

  it('tells in the description of every personal field what stays of it', () => {
    const personal = fieldsOf(schema).filter(([, { extensions }]) => {
      const options = dataClassOf(extensions);
      return options !== null && isPersonal(options);
    });
    expect(personal.length).toBeGreaterThan(25);
    for (const [name, { description }] of personal)
      expect(description, name).toMatch(
        / (PII|PII_HIGH): when masked, [^.]+\.( Never given to end users\.)?$/,
      );
  });

  it('gives no link but as PII_HIGH', () => {
    const links = fieldsOf(schema).filter(([name]) => /url$/i.test(name));
    expect(links.map(([, { extensions }]) => dataClassOf(extensions)?.dataClass)).toEqual([
      'PII_HIGH',
      'PII_HIGH',
      'PII_HIGH',
    ]);
  });
});

interface Card {
  readonly owner: string | null;
  readonly text: unknown;
}

/** A schema of one card with one field; `resolved` counts how often its value was read. */
function cards(options: Partial<DataClassOptions>, over: { isNonNull?: boolean; hasNoOwner?: boolean } = {}) {
  const resolved = { times: 0 };
  const builder = new SchemaBuilder<{ Context: GraphContext }>({ plugins: ['dataClass'] });
  const CardObject = builder.objectRef<Card>('Card').implement({
    ...(over.hasNoOwner === true ? {} : { dataOwner: ({ owner }) => owner }),
    fields: (t) => ({
      text: t.string({
        nullable: over.isNonNull !== true,
        description: 'What it says.',
        // What the types forbid is tried here.
        ...(options as DataClassOptions),
        resolve: ({ text }) => {
          resolved.times += 1;
          return text as string;
        },
      }),
      tags: t.stringList({
        nullable: false,
        ...(options as DataClassOptions),
        resolve: ({ text }) => (text === null ? [] : [text as string]),
      }),
    }),
  });
  let card: Card = { owner: ANNA, text: 'Jane Doe' };
  builder.queryType({
    fields: (t) => ({
      card: t.field({ type: CardObject, dataClass: 'INTERNAL', resolve: () => card }),
    }),
  });
  const built = builder.toSchema();
  const ask = async (principal: Principal, isClear: boolean, over: Partial<Card> = {}) => {
    card = { ...card, ...over };
    const clearReads = createClearReads();
    const of = async (): Promise<Clearance> => (isClear ? 'CLEAR' : 'MASKED');
    const clearances = { of, reasonFor: () => null };
    const { context } = createFakeContext({ principal });
    const contextValue: GraphContext = { ...context, clearances, clearReads };
    const { data, errors } = await graphql({ schema: built, source: '{ card { text tags } }', contextValue });
    expect(errors).toBeUndefined();
    return { card: { ...(data?.['card'] as object) }, read: [...clearReads.byUser] };
  };
  return { ask, resolved, schema: built };
}

describe('what is not built', () => {
  test.each<[string, Partial<DataClassOptions>, object]>([
    ['a field without a class', {}, {}],
    ['a secret', { dataClass: 'SECRET' }, {}],
    ['a personal field that cannot be null', { dataClass: 'PII' }, { isNonNull: true }],
    [
      'a field that end users never have and that cannot be null',
      { dataClass: 'INTERNAL', toEndUser: false },
      { isNonNull: true },
    ],
    ['a personal field of a type that does not say whose it is', { dataClass: 'PII' }, { hasNoOwner: true }],
  ])('%s', (_, options, over) => {
    expect(() => cards(options, over)).toThrow(/Card/);
  });
});

describe('a personal field', () => {
  it('is given in clear, and noted, to who reads its owner in clear', async () => {
    const { ask } = cards({ dataClass: 'PII', mask: 'INITIALS' });
    expect(await ask(analyst, true)).toEqual({
      card: { text: 'Jane Doe', tags: ['Jane Doe'] },
      read: [[ANNA, new Set(['Card.text', 'Card.tags'])]],
    });
  });

  it('is masked to others, and nothing is noted', async () => {
    const { ask } = cards({ dataClass: 'PII', mask: 'INITIALS' });
    expect(await ask(analyst, false)).toEqual({ card: { text: 'J. D.', tags: [] }, read: [] });
  });

  it('is not even read where nothing of it stays', async () => {
    const { ask, resolved } = cards({ dataClass: 'PII_HIGH' });
    expect(await ask(analyst, false)).toEqual({ card: { text: null, tags: [] }, read: [] });
    expect(resolved.times).toBe(0);
  });

  it('is masked to everybody where nobody is known to be its owner', async () => {
    const { ask } = cards({ dataClass: 'PII' });
    expect(await ask(analyst, true, { owner: null })).toEqual({ card: { text: null, tags: [] }, read: [] });
  });

  it('is never given to an end user unless it says so', async () => {
    const never = { card: { text: null, tags: [] }, read: [] };
    expect(await cards({ dataClass: 'PII', mask: 'INITIALS' }).ask(endUser, true)).toEqual(never);
    expect(await cards({ dataClass: 'PII', mask: 'INITIALS' }).ask(endUser, false)).toEqual(never);
    const given = await cards({ dataClass: 'PII', toEndUser: true }).ask(endUser, true);
    expect(given.card).toEqual({ text: 'Jane Doe', tags: ['Jane Doe'] });
  });

  it('of another, or of nobody who is known, is not given to an end user in part either', async () => {
    const never = { card: { text: null, tags: [] }, read: [] };
    const { ask, resolved } = cards({ dataClass: 'PII', mask: 'INITIALS', toEndUser: true });
    expect(await ask(endUser, false)).toEqual(never);
    expect(await ask(endUser, false, { owner: null })).toEqual(never);
    expect(resolved.times).toBe(0);
  });

  it('that has no value is no clear read', async () => {
    const { ask } = cards({ dataClass: 'PII' });
    const { read } = await ask(analyst, true, { text: null });
    expect(read).toEqual([]);
  });
});

it('what is not personal can be kept from end users too, and is read by all others', async () => {
  const { ask, schema: built } = cards({ dataClass: 'INTERNAL', toEndUser: false }, { hasNoOwner: true });
  expect(await ask(endUser, true)).toEqual({ card: { text: null, tags: [] }, read: [] });
  expect(await ask(analyst, false)).toMatchObject({ card: { text: 'Jane Doe' }, read: [] });
  const [, text] = fieldsOf(built).find(([name]) => name === 'Card.text') ?? expect.unreachable();
  expect(text.description).toBe('What it says. Never given to end users.');
});

it('what a request read in clear is noted by user and field, without its values', async () => {
  const anna = user(ANNA, []);
  const known = withUser(
    kycRecord('1', {
      openPersonal: () => ({
        person: null,
        documents: [],
        declineReason: 'Too blurred',
        rejectionMessage: null,
      }),
    }),
    anna,
  );
  const { ask, context } = createFakeContext({ users: [anna], verifications: [known], principal: analyst });
  await ask('{ kycRecords { nodes { declineReason rejectionMessage person { fullName } } } }');
  expect([...context.clearReads.byUser]).toEqual([]);
  const may = createFakeContext({
    users: [anna],
    verifications: [known],
    principal: { ...analyst, scopes: ['kyc:pii', 'kyc:status'] },
  });
  await may.ask('{ kycRecords { nodes { declineReason rejectionMessage person { fullName } } } }');
  expect([...may.context.clearReads.byUser]).toEqual([[ANNA, new Set(['KycRecord.declineReason'])]]);
});
