import type { FetchedRecord } from '#kyc/fetched-record';
import type { KycRecord } from '#kyc/kyc-record';
import { sourceId } from '#kyc/source-id';
import type { IdentityRef } from '#kyc/user';
import type { Verification } from '#kyc/verification';
import type { Store } from '#store/store';

import { ALPHA, anApplication, aRecord, aSource, idOf, take } from './records.ts';

export const alpha = ALPHA;
export const beta = sourceId('BETA');
export const gamma = sourceId('GAMMA');

type Said = Pick<Verification, 'externalId'> & Partial<Pick<Verification, 'source' | 'externalUserId'>>;

/** A record of nobody, unless said otherwise. */
export function kycRecord(said: Said & Partial<KycRecord>): FetchedRecord {
  return aRecord({ externalUserId: null, ...said });
}

/** An application with entities of these accounts. */
export function application(said: Said, accounts: readonly string[]): FetchedRecord {
  return anApplication(
    said,
    accounts.map((accountId) => ({ accountId })),
  );
}

/** Takes in records of one source. Returns their ids. */
export async function takeInRecords(
  store: Store,
  records: readonly FetchedRecord[],
): Promise<readonly string[]> {
  await take(store, records, { source: aSource({ id: records[0]?.verification.source ?? alpha }) });
  return records.map(idOf);
}

export function at(source: IdentityRef['source'], externalId: string): IdentityRef {
  return { source, externalId };
}
