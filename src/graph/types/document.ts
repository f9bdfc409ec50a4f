import { dayOf, now } from '#kyc/instant';
import type { DocumentKind, IdentityDocument } from '#kyc/person';

import { builder } from '../builder.ts';
import { described } from '../described.ts';
import { type Owned, ownerOfOwned } from '../personal.ts';
import { clearanceField } from './person.ts';

const DocumentKindEnum = builder.enumType('DocumentKind', {
  description: 'Kinds of documents.',
  values: described<DocumentKind>({
    PASSPORT: 'A passport.',
    ID_CARD: 'An identity card.',
    DRIVING_LICENCE: 'A driving licence.',
    RESIDENCE_PERMIT: 'A residence permit.',
    UTILITY_BILL: 'A utility bill.',
    OTHER: 'Anything else; sourceKind has the word.',
  }),
});

export const IdentityDocumentObject = builder
  .objectRef<Owned<IdentityDocument>>('IdentityDocument')
  .implement({
    description:
      'A document that a source checked. Masked like a Person, but for kind, expiresOn and isExpired.',
    dataOwner: ownerOfOwned,
    fields: (t) => ({
      clearance: t.field(clearanceField),
      kind: t.expose('kind', {
        dataClass: 'INTERNAL',
        type: DocumentKindEnum,
        description:
          'PASSPORT, ID_CARD, DRIVING_LICENCE, RESIDENCE_PERMIT, UTILITY_BILL, OTHER. Never masked.',
      }),
      sourceKind: t.exposeString('sourceKind', {
        dataClass: 'PII',
        toEndUser: true,
        nullable: true,
        description: 'The kind exactly as the source spelled it.',
      }),
      number: t.exposeString('number', {
        dataClass: 'PII',
        mask: 'LAST_FOUR',
        toEndUser: true,
        nullable: true,
        description: "The document's number.",
      }),
      issuingCountry: t.exposeString('issuingCountry', {
        dataClass: 'PII',
        toEndUser: true,
        nullable: true,
        description: 'The country that issued it, as the source spelled it.',
      }),
      issuedOn: t.expose('issuedOn', {
        dataClass: 'PII',
        toEndUser: true,
        type: 'Date',
        nullable: true,
        description: 'The day of issue.',
      }),
      expiresOn: t.expose('expiresOn', {
        dataClass: 'INTERNAL',
        type: 'Date',
        nullable: true,
        description: 'The last day on which it is valid. Never masked; null where the source gives no day.',
      }),
      isExpired: t.boolean({
        dataClass: 'INTERNAL',
        nullable: true,
        description:
          'True from the day after expiresOn, UTC. Never masked; null where the source gives no day.',
        resolve: ({ expiresOn }) => (expiresOn === null ? null : dayOf(now()) > expiresOn),
      }),
      submittedAt: t.expose('submittedAt', {
        dataClass: 'PII',
        toEndUser: true,
        type: 'DateTime',
        nullable: true,
        description: 'When it was submitted to the source.',
      }),
      imageIds: t.exposeIDList('imageIds', {
        dataClass: 'PII',
        description: "The source's ids of its images.",
      }),
      evidenceUrl: t.exposeString('evidenceUrl', {
        dataClass: 'PII_HIGH',
        nullable: true,
        description: 'Where the source keeps the evidence: a link as text, never followed by the gateway.',
      }),
    }),
  });
