import type { Grant } from '#store/grants/grants';

import { MAX_REASON_LENGTH } from './reason.ts';

/** What may not stand in a reason (reason.ts). */
const UNFIT = /[^\p{L}\p{M}\p{N} .,:;/#_()'"?!&+-]/gu;

/** A grant as the audit tells of it; a user stands there by id. */
export function grantInWords({ partner, kind, value }: Grant): string {
  const what = kind === 'USER' ? 'USER' : `${kind} ${value}`;
  return `${what} to ${partner}`.replace(UNFIT, '_').slice(0, MAX_REASON_LENGTH);
}
