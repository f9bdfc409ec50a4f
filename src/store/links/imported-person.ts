import type { Instant } from '#kyc/instant';
import type { IdentityRef } from '#kyc/user';
import type { LinkRefusal } from '#store/store';

/** One person as a file of links tells of it. */
export interface ImportedPerson {
  readonly identities: readonly IdentityRef[];
  /** The id that the person had and is to have; null: links alone. */
  readonly userId: string | null;
  /** Ids that became that id. */
  readonly aliases: readonly string[];
  /** When the user was made; null where the file does not say. */
  readonly createdAt: Instant | null;
}
/** Few enough that a webhook waits briefly behind them. */
export const MAX_IMPORTED = 20;

/** What became of one imported person: all of it or, with a refusal, nothing. */
export type ImportOutcome =
  | { readonly changed: boolean; readonly refusal: null }
  | { readonly changed: false; readonly refusal: LinkRefusal };
