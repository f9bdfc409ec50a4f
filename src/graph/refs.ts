import { builder } from './builder.ts';
import type {
  CheckNode,
  IdvApplicationNode,
  KycRecordNode,
  StatusChangeNode,
  UserKycChangeNode,
  UserNode,
  VerificationNode,
} from './nodes.ts';

/** The types that name each other, declared apart from their fields so that no two files import one another. */
export const UserRef = builder.objectRef<UserNode>('User');
export const VerificationRef = builder.interfaceRef<VerificationNode>('Verification');
export const KycRecordRef = builder.objectRef<KycRecordNode>('KycRecord');
export const CheckRef = builder.objectRef<CheckNode>('Check');
export const IdvApplicationRef = builder.objectRef<IdvApplicationNode>('IdvApplication');
export const StatusChangeRef = builder.objectRef<StatusChangeNode>('StatusChange');
export const UserKycChangeRef = builder.objectRef<UserKycChangeNode>('UserKycChange');
