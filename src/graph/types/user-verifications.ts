import { builder } from '../builder.ts';
import { type UserNode, userNode } from '../nodes.ts';
import { CheckRef, IdvApplicationRef, KycRecordRef, UserRef, VerificationRef } from '../refs.ts';
import { listVerificationsOfUser } from '../verification-list.ts';
import { CHECKS, CheckConnection } from './check.ts';
import { verificationListArgs } from './connection-fields.ts';
import { FRESHNESS_INHERITED, FreshnessEnum } from './freshness.ts';
import { IDV_APPLICATIONS, IdvApplicationConnection } from './idv-application.ts';
import { KYC_RECORDS, KycRecordConnection } from './kyc-record.ts';
import { readVerificationFilter, type VerificationFilterInput } from './verification-filter.ts';
import { readVerificationOrder, type VerificationOrderInput } from './verification-order.ts';
import { VERIFICATIONS, VerificationConnection } from './verification-query.ts';

const listArgs = builder.args((t) => ({
  ...verificationListArgs,
  freshness: t.field({ type: FreshnessEnum, description: FRESHNESS_INHERITED }),
}));

interface ListInput {
  readonly filter?: typeof VerificationFilterInput.$inferInput | null | undefined;
  readonly orderBy?: typeof VerificationOrderInput.$inferInput | null | undefined;
}

function read<Input extends ListInput>({ filter, orderBy, ...page }: Input) {
  return { ...page, filter: readVerificationFilter(filter), order: readVerificationOrder(orderBy) };
}

/** The user, at the freshness that the nearest argument asks for. */
function at(node: UserNode, freshness: UserNode['freshness'] | null | undefined): UserNode {
  return userNode(node.user, freshness ?? node.freshness);
}

builder.objectFields(UserRef, (t) => ({
  kycRecords: t.connection(
    {
      dataClass: 'INTERNAL',
      type: KycRecordRef,
      needs: 'kyc:status',
      cost: { asks: 'EVERY_SOURCE' },
      description: 'The KYC records that count for this user.',
      args: listArgs,
      resolve: (node, { freshness, ...args }, context, info) =>
        listVerificationsOfUser(KYC_RECORDS, at(node, freshness), read(args), context, info),
    },
    KycRecordConnection,
  ),
  checks: t.connection(
    {
      dataClass: 'INTERNAL',
      type: CheckRef,
      needs: 'kyc:status',
      cost: { asks: 'EVERY_SOURCE' },
      description: 'The checks that count for this user.',
      args: listArgs,
      resolve: (node, { freshness, ...args }, context, info) =>
        listVerificationsOfUser(CHECKS, at(node, freshness), read(args), context, info),
    },
    CheckConnection,
  ),
  idvApplications: t.connection(
    {
      dataClass: 'INTERNAL',
      type: IdvApplicationRef,
      needs: 'kyc:status',
      cost: { asks: 'EVERY_SOURCE' },
      description: 'The applications that count for this user, as the applicant or as an entity.',
      args: listArgs,
      resolve: (node, { freshness, ...args }, context, info) =>
        listVerificationsOfUser(IDV_APPLICATIONS, at(node, freshness), read(args), context, info),
    },
    IdvApplicationConnection,
  ),
  verifications: t.connection(
    {
      dataClass: 'INTERNAL',
      type: VerificationRef,
      needs: 'kyc:status',
      cost: { asks: 'EVERY_SOURCE' },
      description: 'All verifications that count for this user.',
      args: listArgs,
      resolve: (node, { freshness, ...args }, context, info) =>
        listVerificationsOfUser(VERIFICATIONS, at(node, freshness), read(args), context, info),
    },
    VerificationConnection,
  ),
}));
