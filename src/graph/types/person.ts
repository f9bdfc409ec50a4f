import type { Clearance } from '#access/clearance';
import type { Address, Person } from '#kyc/person';

import { builder } from '../builder.ts';
import type { GraphContext } from '../context.ts';
import { described } from '../described.ts';
import { type Owned, ownerOfOwned } from '../personal.ts';

const ClearanceEnum = builder.enumType('Clearance', {
  description: 'Whether personal values are given in clear.',
  values: described<Clearance>({
    MASKED: 'They are null, or what stays of them when masked; each field says which.',
    CLEAR: 'They are given as the source gave them, but for what a field is never given to.',
  }),
});

/** On every type whose values are given in clear or masked. */
export const clearanceField = {
  dataClass: 'PUBLIC',
  type: ClearanceEnum,
  description: 'Whether the values are in clear.',
  resolve: ({ ownerId }: Owned<object>, _args: object, { clearances }: GraphContext) =>
    clearances.of(ownerId),
} as const;

export const PersonObject = builder.objectRef<Owned<Person>>('Person').implement({
  description:
    'Personal data. Masked unless the caller may see it in clear; clearance says which; a masked Date is null.',
  dataOwner: ownerOfOwned,
  fields: (t) => ({
    clearance: t.field(clearanceField),
    fullName: t.exposeString('fullName', {
      dataClass: 'PII',
      mask: 'INITIALS',
      toEndUser: true,
      nullable: true,
      description: 'The whole name, where the source gives one.',
    }),
    givenName: t.exposeString('givenName', {
      dataClass: 'PII',
      mask: 'INITIALS',
      toEndUser: true,
      nullable: true,
      description: 'Given names.',
    }),
    familyName: t.exposeString('familyName', {
      dataClass: 'PII',
      mask: 'INITIALS',
      toEndUser: true,
      nullable: true,
      description: 'Family name.',
    }),
    legalName: t.exposeString('legalName', {
      dataClass: 'PII',
      mask: 'INITIALS',
      toEndUser: true,
      nullable: true,
      description: 'Legal name of a business.',
    }),
    email: t.exposeString('email', {
      dataClass: 'PII',
      mask: 'DOMAIN',
      toEndUser: true,
      nullable: true,
      description: 'E-mail address.',
    }),
    dateOfBirth: t.expose('dateOfBirth', {
      dataClass: 'PII',
      toEndUser: true,
      type: 'Date',
      nullable: true,
      description: 'Day of birth.',
    }),
    nationality: t.exposeString('nationality', {
      dataClass: 'PII',
      toEndUser: true,
      nullable: true,
      description: 'As the source spelled it.',
    }),
    countryOfResidence: t.exposeString('countryOfResidence', {
      dataClass: 'PII',
      toEndUser: true,
      nullable: true,
      description: 'As the source spelled it.',
    }),
  }),
});

export const AddressObject = builder.objectRef<Owned<Address>>('Address').implement({
  description: 'A postal address. Personal data, masked like a Person.',
  dataOwner: ownerOfOwned,
  fields: (t) => ({
    clearance: t.field(clearanceField),
    line1: t.exposeString('line1', {
      dataClass: 'PII',
      toEndUser: true,
      nullable: true,
      description: 'First line: street and number.',
    }),
    line2: t.exposeString('line2', {
      dataClass: 'PII',
      toEndUser: true,
      nullable: true,
      description: 'Second line.',
    }),
    postcode: t.exposeString('postcode', {
      dataClass: 'PII',
      toEndUser: true,
      nullable: true,
      description: 'Postal code.',
    }),
    city: t.exposeString('city', { dataClass: 'PII', toEndUser: true, nullable: true, description: 'City.' }),
    state: t.exposeString('state', {
      dataClass: 'PII',
      toEndUser: true,
      nullable: true,
      description: 'State or region.',
    }),
    country: t.exposeString('country', {
      dataClass: 'PII',
      toEndUser: true,
      nullable: true,
      description: 'Country, as the source spelled it.',
    }),
  }),
});
