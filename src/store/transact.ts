import type { Transaction } from 'kysely';

import type { Tables } from './tables.ts';

/** An open transaction on the store. */
export type Transact = Transaction<Tables>;
