import type { VerificationKind } from '#kyc/verification-core';

import { builder } from '../builder.ts';
import { described } from '../described.ts';

export const VerificationKindEnum = builder.enumType('VerificationKind', {
  description: 'The kinds of verifications.',
  values: described<VerificationKind>({
    KYC_RECORD: 'A KycRecord.',
    CHECK: 'A Check.',
    IDV_APPLICATION: 'An IdvApplication.',
  }),
});
