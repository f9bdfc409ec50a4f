import type { ChangeReads } from '#store/changes/changes';
import type { Sealer } from '#store/sealing';

import { openCursor, sealCursor } from './cursors.ts';
import { badUserInput, cursorExpired } from './errors.ts';

/**
 * Seals positions of the change log. A cursor holds for any filter and any caller: it carries no sight, and what is seen
 * after it is decided at each read.
 */
export interface LogCursors {
  seal(position: number): string;
  /** @throws GraphQLError BAD_USER_INPUT for what is no cursor of the log; CURSOR_EXPIRED for one of another epoch */
  open(cursor: string): number;
}

/** Not the name of any list (list-name.ts): a cursor of a list opens no log. */
const LOG = 'changes';

/**
 * @param sealer made for the purpose `cursor`
 * @param log its epoch is looked at each time: another server may have taken over since
 */
export function createLogCursors(
  sealer: Pick<Sealer, 'seal' | 'open'>,
  log: Pick<ChangeReads, 'epoch'>,
): LogCursors {
  return {
    seal: (position) => sealCursor(sealer, LOG, [log.epoch, position]),
    open(cursor) {
      const opened = openCursor(sealer, LOG, cursor);
      if (!Array.isArray(opened)) throw badUserInput('The cursor is not one of the change log.');
      const [ofEpoch, position]: unknown[] = opened;
      if (ofEpoch !== log.epoch || typeof position !== 'number') throw cursorExpired();
      return position;
    },
  };
}
