import type { Freshness } from '#kyc/freshness';

import { builder } from '../builder.ts';
import { described } from '../described.ts';

export const FreshnessEnum = builder.enumType('Freshness', {
  description:
    'How new an answer must be. A source that can only be scanned answers FRESH and LIVE from the store, COMPLETE while its last complete scan is younger than twice the scan interval. Default: FRESH below user, userByIdentity, verification, verificationByExternalId and viewer.user; STORED everywhere else. The nearest explicit argument wins and is inherited below; within one operation a (source, key) is asked once, at the strongest freshness asked for.',
  values: described<Freshness>({
    STORED: 'Never ask upstream.',
    FRESH:
      "Ask when the stored copy is older than the source's max age, wait at most READ_WAIT_MS, then give the copy as stale. Without a copy, wait the whole deadline.",
    LIVE: 'Always ask, and wait the whole deadline.',
  }),
});

/** What a `freshness` argument says about itself wherever it stands. */
export const FRESHNESS_BELOW = 'How new the answer must be, here and below. Default FRESH.';
export const FRESHNESS_INHERITED =
  'How new the answer must be, here and below. Default: as above this field.';
