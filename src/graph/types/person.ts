import type { Clearance } from '#access/clearance';
import type { Cleared } from '#access/masking';
import type { Address, Person } from '#kyc/person';

import { builder } from '../builder.ts';
import { described } from '../described.ts';

export const ClearanceEnum = builder.enumType('Clearance', {
  description: 'Whether personal values are given in clear.',
  values: described<Clearance>({
    MASKED: 'They are null.',
    CLEAR: 'They are given as the source gave them.',
  }),
});

export const PersonObject = builder.objectRef<Cleared<Person>>('Person').implement({
  description:
    'Personal data. Masked unless the caller may see it in clear; clearance says which; a masked Date is null.',
  fields: (t) => ({
    clearance: t.expose('clearance', {
      type: ClearanceEnum,
      description: 'Whether the values are in clear.',
    }),
    fullName: t.exposeString('fullName', {
      nullable: true,
      description: 'The whole name, where the source gives one.',
    }),
    givenName: t.exposeString('givenName', { nullable: true, description: 'Given names.' }),
    familyName: t.exposeString('familyName', { nullable: true, description: 'Family name.' }),
    legalName: t.exposeString('legalName', { nullable: true, description: 'Legal name of a business.' }),
    email: t.exposeString('email', { nullable: true, description: 'E-mail address.' }),
    dateOfBirth: t.expose('dateOfBirth', { type: 'Date', nullable: true, description: 'Day of birth.' }),
    nationality: t.exposeString('nationality', { nullable: true, description: 'As the source spelled it.' }),
    countryOfResidence: t.exposeString('countryOfResidence', {
      nullable: true,
      description: 'As the source spelled it.',
    }),
  }),
});

export const AddressObject = builder.objectRef<Cleared<Address>>('Address').implement({
  description: 'A postal address. Personal data, masked like a Person.',
  fields: (t) => ({
    clearance: t.expose('clearance', {
      type: ClearanceEnum,
      description: 'Whether the values are in clear.',
    }),
    line1: t.exposeString('line1', { nullable: true, description: 'First line: street and number.' }),
    line2: t.exposeString('line2', { nullable: true, description: 'Second line.' }),
    postcode: t.exposeString('postcode', { nullable: true, description: 'Postal code.' }),
    city: t.exposeString('city', { nullable: true, description: 'City.' }),
    state: t.exposeString('state', { nullable: true, description: 'State or region.' }),
    country: t.exposeString('country', { nullable: true, description: 'Country, as the source spelled it.' }),
  }),
});
