import { SealBrokenError, type Sealer } from './sealing.ts';

/** In `meta`: a value sealed with the key that all in the store is sealed with. */
export const KEY_CHECK = 'key_check';
const WORD = 'kyc-gateway';

export function sealKeyCheck(sealer: Pick<Sealer, 'seal'>): string {
  return Buffer.from(sealer.seal(WORD)).toString('base64');
}

/** True when the ring has the key that the check was sealed with. */
export function opensKeyCheck(sealer: Pick<Sealer, 'open'>, check: string): boolean {
  try {
    return sealer.open(Buffer.from(check, 'base64')) === WORD;
  } catch (error) {
    if (error instanceof SealBrokenError) return false;
    throw error;
  }
}
