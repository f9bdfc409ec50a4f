import type { KnownVerification } from '#kyc/known-verification';
import type { FieldFault } from '#kyc/verification-core';

import { builder } from '../builder.ts';
import { described } from '../described.ts';
import { SourceEnum } from './source.ts';

const ObservedViaEnum = builder.enumType('ObservedVia', {
  description: 'Where a value came from in this answer.',
  values: described<KnownVerification['via']>({
    LIVE: 'The source was asked for this answer.',
    STORE: "The gateway's own copy.",
  }),
});

export const ProvenanceObject = builder.objectRef<KnownVerification>('Provenance').implement({
  description: "Where a record's values come from and how old they are.",
  fields: (t) => ({
    source: t.expose('source', {
      dataClass: 'INTERNAL',
      type: SourceEnum,
      description: 'The source that gave them.',
    }),
    observedAt: t.expose('observedAt', {
      dataClass: 'INTERNAL',
      type: 'DateTime',
      description: 'When the source last confirmed these values.',
    }),
    via: t.expose('via', {
      dataClass: 'INTERNAL',
      type: ObservedViaEnum,
      description: 'Whether the source was asked for this answer.',
    }),
    stale: t.exposeBoolean('stale', {
      dataClass: 'INTERNAL',
      description: 'True when a fresher answer was asked for and the source did not give one.',
    }),
  }),
});

export const FieldFaultObject = builder.objectRef<FieldFault>('FieldFault').implement({
  description: 'A field that the source gave in a form that could not be read. Never its value.',
  fields: (t) => ({
    path: t.exposeString('path', {
      dataClass: 'INTERNAL',
      description: "Where it stands in the source's payload, dotted.",
    }),
    expected: t.exposeString('expected', { dataClass: 'INTERNAL', description: 'What it should have been.' }),
  }),
});
