import { type Contribution } from '#kyc/answer';
import type { Day, Instant } from '#kyc/instant';
import { rollUp } from '#kyc/roll-up';
import { sourceId } from '#kyc/source-id';
import type { KycStatus } from '#kyc/status';

export const TODAY = '2026-06-15' as Day;

/** The instant of a day of May 2026. */
export function may(day: number): Instant {
  return `2026-05-${String(day).padStart(2, '0')}T00:00:00.000000000Z` as Instant;
}

type Sketch = Partial<Omit<Contribution, 'verificationId' | 'source'>> & { source?: string };

/** A record of ALPHA's user u1, decided on May 1 unless told otherwise. */
export function record(verificationId: string, status: KycStatus, sketch: Sketch = {}): Contribution {
  const { source = 'ALPHA', ...rest } = sketch;
  return {
    verificationId,
    source: sourceId(source),
    externalUserId: 'u1',
    kind: 'KYC_RECORD',
    checkType: null,
    isUpdate: false,
    status,
    reason: null,
    canRetry: null,
    decidedAt: may(1),
    updatedAt: null,
    createdAt: null,
    observedAt: may(31),
    documentExpiresOn: null,
    ...rest,
  };
}

/** The same as a check, of type KYC unless told otherwise. */
export function check(verificationId: string, status: KycStatus, sketch: Sketch = {}): Contribution {
  return record(verificationId, status, { kind: 'CHECK', checkType: 'KYC', ...sketch });
}

export const strict = (...contributions: Contribution[]) => rollUp(contributions, 'strict', TODAY);
export const any = (...contributions: Contribution[]) => rollUp(contributions, 'any', TODAY);
