import { effectOf, statusSince } from '#kyc/advance';
import type { FetchedRecord } from '#kyc/fetched-record';
import { verificationId } from '#kyc/id';
import { keepPersonal } from '#kyc/keep-personal';
import type { KnownVerification } from '#kyc/known-verification';
import type { Personal } from '#kyc/verification';
import type { SourceDescriptor } from '#sources/source';

import type { LiveRead } from './live-reader.ts';

/**
 * A record just read, as callers see it before the store has taken it in. The copy held stands where the read turns
 * out to be older than it.
 */
export function knownFromRead(
  descriptor: SourceDescriptor,
  fetched: FetchedRecord,
  live: LiveRead,
  context: { held: KnownVerification | null; userId: string | null },
): KnownVerification {
  const { verification } = fetched;
  const { held } = context;
  const effect = effectOf(descriptor.versioning, held, { verification, readStartedAt: live.readStartedAt });
  if (effect === 'LATE' && held !== null) return held;
  const { personal, ...open } = verification;
  return {
    ...open,
    id: verificationId(verification.kind, verification.source, verification.externalId),
    userId: context.userId,
    lastChangedAt: held === null || effect !== 'CONFIRMED' ? live.observedAt : held.lastChangedAt,
    statusSince: statusSince(held, verification, live.observedAt),
    observedAt: live.observedAt,
    readStartedAt: live.readStartedAt,
    deleted: false,
    via: 'LIVE',
    stale: false,
    liveRaw: fetched.raw ?? null,
    openPersonal: () => keptPersonal(descriptor, personal, held),
  } as KnownVerification;
}

function keptPersonal(
  descriptor: SourceDescriptor,
  personal: Personal,
  held: KnownVerification | null,
): Personal {
  return descriptor.keepsPersonal && held !== null ? keepPersonal(personal, held.openPersonal()) : personal;
}
