import { builder } from '../builder.ts';
import type { CheckNode, VerificationNode } from '../nodes.ts';
import { owned, ownerOfRecord, personalOfCheck } from '../personal.ts';
import { CheckRef, VerificationRef } from '../refs.ts';
import { listVerifications } from '../verification-list.ts';
import { reportsField, verificationListArgs } from './connection-fields.ts';
import { IdentityDocumentObject } from './document.ts';
import { AddressObject } from './person.ts';
import { VendorObject } from './vendor.ts';
import { CheckTypeEnum, readVerificationFilter } from './verification-filter.ts';
import { readVerificationOrder } from './verification-order.ts';

CheckRef.implement({
  description: 'A check of a user: Upvest.',
  interfaces: [builder.nodeInterfaceRef(), VerificationRef],
  dataOwner: ownerOfRecord,
  fields: (t) => ({
    type: t.field({
      dataClass: 'INTERNAL',
      type: CheckTypeEnum,
      description: 'What the check is about.',
      resolve: ({ verification }) => verification.details.type,
    }),
    sourceType: t.string({
      dataClass: 'INTERNAL',
      description: 'The type exactly as the source spelled it.',
      resolve: ({ verification }) => verification.details.sourceType,
    }),
    confirmedAt: t.field({
      dataClass: 'INTERNAL',
      type: 'DateTime',
      nullable: true,
      description: 'When the check was confirmed.',
      resolve: ({ verification }) => verification.details.confirmedAt,
    }),
    document: t.field({
      dataClass: 'INTERNAL',
      type: IdentityDocumentObject,
      nullable: true,
      description: 'The document that was checked.',
      resolve: (node) => {
        const { document } = personalOfCheck(node.verification);
        return document && owned(document, ownerOfRecord(node));
      },
    }),
    vendor: t.field({
      dataClass: 'INTERNAL',
      toEndUser: false,
      type: VendorObject,
      nullable: true,
      description: 'Who did the check for the source.',
      resolve: ({ verification }) => verification.details.vendor,
    }),
    method: t.string({
      dataClass: 'INTERNAL',
      nullable: true,
      description: 'How it was done, as the source spelled it.',
      resolve: ({ verification }) => verification.details.method,
    }),
    confirmedAddress: t.field({
      dataClass: 'INTERNAL',
      type: AddressObject,
      nullable: true,
      description: 'The address that the check confirmed.',
      resolve: (node) => {
        const { confirmedAddress } = personalOfCheck(node.verification);
        return confirmedAddress && owned(confirmedAddress, ownerOfRecord(node));
      },
    }),
    suitable: t.boolean({
      dataClass: 'INTERNAL',
      nullable: true,
      description: 'INSTRUMENT_FIT only.',
      resolve: ({ verification }) => verification.details.suitable,
    }),
    isUpdate: t.boolean({
      dataClass: 'INTERNAL',
      nullable: true,
      description: 'Upvest kyc_update: a refresh of an earlier record.',
      resolve: ({ verification }) => verification.details.isUpdate,
    }),
  }),
});

export const CheckConnection = builder.connectionObject(
  {
    name: 'CheckConnection',
    type: CheckRef,
    description: 'A page of checks.',
    fields: (t) => ({ sources: t.field(reportsField) }),
  },
  { name: 'CheckEdge', description: 'A check and where it stands in its list.' },
);

export const CHECKS = {
  field: 'checks',
  kinds: ['CHECK'],
  holds: (node: VerificationNode): node is CheckNode => node.__typename === 'Check',
} as const;

builder.queryField('checks', (t) =>
  t.connection(
    {
      dataClass: 'INTERNAL',
      type: CheckRef,
      needs: 'kyc:status',
      description:
        'Checks across all sources, from the local store, newest lastChangedAt first unless ordered otherwise.',
      args: verificationListArgs,
      resolve: (_root, { filter, orderBy, ...page }, context, info) =>
        listVerifications(
          CHECKS,
          { ...page, filter: readVerificationFilter(filter), order: readVerificationOrder(orderBy) },
          context,
          info,
        ),
    },
    CheckConnection,
  ),
);
