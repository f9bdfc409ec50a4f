import type { GraphContext } from './context.ts';
import { forbidden, rateLimited } from './errors.ts';
import { mayHave, STAFF } from './needs.ts';

/** What of UserFilter is compared with personal values. */
const SEARCHED = ['email', 'documentNumber', 'fullName'] as const;

/** Enough for the cases of a day; few enough that nobody tries a directory through. */
const SEARCHES_PER_MINUTE = 30;

/**
 * Before users are searched by personal values: only by who may ever read them in clear, counted, and audited by the
 * fields alone. What is searched for stands nowhere. Other filters pass.
 */
export async function admitSearch(
  filter: Readonly<Record<string, unknown>>,
  context: GraphContext,
): Promise<void> {
  const searched = SEARCHED.filter((field) => filter[field] != null);
  if (searched.length === 0) return;
  const { principal, rates, audit } = context;
  const entry = {
    action: 'SEARCH',
    userId: null,
    fields: searched.map((field) => `UserFilter.${field}`),
    reason: null,
  } as const;
  if (!mayHave(principal, [{ scope: 'kyc:pii', kinds: STAFF }]))
    throw forbidden(
      'Users are searched by personal values with the scope kyc:pii, by analysts and operators.',
    );
  const taken = await rates.take(`search\0${principal.kind}\0${principal.subject}`, 1, SEARCHES_PER_MINUTE);
  await audit.append(context, [{ ...entry, decision: taken.isTaken ? 'ALLOWED' : 'REFUSED' }]);
  if (!taken.isTaken)
    throw rateLimited(
      `At most ${SEARCHES_PER_MINUTE} searches by personal values a minute.`,
      taken.retryAfterS,
    );
}
