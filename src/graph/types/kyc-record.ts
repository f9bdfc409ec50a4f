import { builder } from '../builder.ts';
import type { KycRecordNode, VerificationNode } from '../nodes.ts';
import { owned, ownerOfRecord, personalOfKycRecord } from '../personal.ts';
import { KycRecordRef, VerificationRef } from '../refs.ts';
import { listVerifications } from '../verification-list.ts';
import { reportsField, verificationListArgs } from './connection-fields.ts';
import { IdentityDocumentObject } from './document.ts';
import { PersonObject } from './person.ts';
import { VendorObject } from './vendor.ts';
import { readVerificationFilter } from './verification-filter.ts';
import { readVerificationOrder } from './verification-order.ts';

KycRecordRef.implement({
  description: 'A KYC record: Finogates, Fin X, Sumvin.',
  interfaces: [builder.nodeInterfaceRef(), VerificationRef],
  dataOwner: ownerOfRecord,
  fields: (t) => ({
    person: t.field({
      dataClass: 'INTERNAL',
      type: PersonObject,
      nullable: true,
      description: 'The person, as this source knows them; null where it says nothing of them.',
      resolve: (node) => {
        const { person } = personalOfKycRecord(node.verification);
        return person && owned(person, ownerOfRecord(node));
      },
    }),
    documents: t.field({
      dataClass: 'INTERNAL',
      type: [IdentityDocumentObject],
      description: 'The documents that the source checked.',
      resolve: (node) =>
        personalOfKycRecord(node.verification).documents.map((document) =>
          owned(document, ownerOfRecord(node)),
        ),
    }),
    vendor: t.field({
      dataClass: 'INTERNAL',
      toEndUser: false,
      type: VendorObject,
      nullable: true,
      description: 'The vendor behind the source (Finogates provider_code, provider_status, inquiry_id).',
      resolve: ({ verification }) => verification.details.vendor,
    }),
    declineReason: t.string({
      dataClass: 'PII',
      nullable: true,
      description: 'Why the source declined, in its own words.',
      resolve: ({ verification }) => personalOfKycRecord(verification).declineReason,
    }),
    approvedAt: t.field({
      dataClass: 'INTERNAL',
      type: 'DateTime',
      nullable: true,
      description: 'When the source approved.',
      resolve: ({ verification }) => verification.details.approvedAt,
    }),
    rejectedAt: t.field({
      dataClass: 'INTERNAL',
      type: 'DateTime',
      nullable: true,
      description: 'When the source rejected.',
      resolve: ({ verification }) => verification.details.rejectedAt,
    }),
    startedAt: t.field({
      dataClass: 'INTERNAL',
      type: 'DateTime',
      nullable: true,
      description: 'When the user started.',
      resolve: ({ verification }) => verification.details.startedAt,
    }),
    documentsComplete: t.boolean({
      dataClass: 'INTERNAL',
      nullable: true,
      description: 'Sumvin verification_complete.',
      resolve: ({ verification }) => verification.details.documentsComplete,
    }),
    passed: t.boolean({
      dataClass: 'INTERNAL',
      nullable: true,
      description: 'Sumvin verification_passed.',
      resolve: ({ verification }) => verification.details.passed,
    }),
    rejectionMessage: t.string({
      dataClass: 'PII',
      nullable: true,
      description: 'What the source wrote about a rejection.',
      resolve: ({ verification }) => personalOfKycRecord(verification).rejectionMessage,
    }),
  }),
});

export const KycRecordConnection = builder.connectionObject(
  {
    name: 'KycRecordConnection',
    type: KycRecordRef,
    description: 'A page of KYC records.',
    fields: (t) => ({ sources: t.field(reportsField) }),
  },
  { name: 'KycRecordEdge', description: 'A KYC record and where it stands in its list.' },
);

export const KYC_RECORDS = {
  field: 'kycRecords',
  kinds: ['KYC_RECORD'],
  holds: (node: VerificationNode): node is KycRecordNode => node.__typename === 'KycRecord',
} as const;

builder.queryField('kycRecords', (t) =>
  t.connection(
    {
      dataClass: 'INTERNAL',
      type: KycRecordRef,
      needs: 'kyc:status',
      description:
        'KYC records across all sources, from the local store, newest lastChangedAt first unless ordered otherwise.',
      args: verificationListArgs,
      resolve: (_root, { filter, orderBy, ...page }, context, info) =>
        listVerifications(
          KYC_RECORDS,
          { ...page, filter: readVerificationFilter(filter), order: readVerificationOrder(orderBy) },
          context,
          info,
        ),
    },
    KycRecordConnection,
  ),
);
