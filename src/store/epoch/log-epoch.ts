import type { Bell } from '#store/bell';
import type { Database } from '#store/database';

import { followHead } from './follow-head.ts';
import { settleEpoch } from './settle-epoch.ts';

/** The epoch of an open store's log. */
export interface LogEpoch {
  readonly present: string;
  /** Begins another one: on an operator's word that the log was put back. */
  renew(): Promise<void>;
  end(): Promise<void>;
}

/** Looks where the log is, and again whenever the way to it was lost: another server may answer since. */
export async function openLogEpoch(database: Database, bell: Bell): Promise<LogEpoch> {
  let present = await settleEpoch(database, { renew: false });
  const settle = async (renew: boolean) => {
    present = await settleEpoch(database, { renew });
  };
  // What fails because the way is lost again is done when it is back.
  database.onReconnect?.(() => void settle(false).catch(() => undefined));
  const end = followHead(database, bell);
  return {
    get present() {
      return present;
    },
    renew: () => settle(true),
    end,
  };
}
