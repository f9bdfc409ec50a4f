import type { Position } from '#kyc/page';
import type { Sealer } from '#store/sealing';

import { badUserInput } from './errors.ts';

/**
 * Seals positions into list cursors. A cursor is bound to its list (connection, parent, filter, order), so that
 * it is of no use in another one. It carries no sight: what a caller may see is decided at each read.
 */
export interface Cursors {
  seal(list: string, position: Position): string;
  /** @throws GraphQLError BAD_USER_INPUT for a cursor of another list, a tampered one, or rubbish. */
  open(list: string, cursor: string): Position;
}

/** Room for the longest id, its position's time, and the seal. */
const MAX_CURSOR_LENGTH = 4096;
const BASE64URL = /^[A-Za-z0-9_-]+$/;

/** @param sealer made for the purpose `cursor`: what it sealed does not open under another list, key or purpose. */
export function createCursors(sealer: Pick<Sealer, 'seal' | 'open'>): Cursors {
  return {
    seal: (list, { value, id }) => sealCursor(sealer, list, [value, id]),
    open(list, cursor) {
      const position = positionOf(openCursor(sealer, list, cursor));
      if (position === null) {
        throw badUserInput(
          'The cursor is not of this list: a cursor holds for the same field, parent, filter and order only.',
        );
      }
      return position;
    },
  };
}

/** @param list what the cursor is of: it opens as nothing else */
export function sealCursor(sealer: Pick<Sealer, 'seal'>, list: string, value: unknown): string {
  return Buffer.from(sealer.seal(JSON.stringify(value), list)).toString('base64url');
}

/** What was sealed into a cursor of this list; null for anything else. */
export function openCursor(sealer: Pick<Sealer, 'open'>, list: string, cursor: string): unknown {
  if (!isSpelledLikeOurs(cursor)) return null;
  try {
    return JSON.parse(sealer.open(Buffer.from(cursor, 'base64url'), list));
  } catch {
    return null;
  }
}

/** One spelling per cursor: base64url readers overlook unused bits at the end. */
function isSpelledLikeOurs(cursor: string): boolean {
  if (cursor.length > MAX_CURSOR_LENGTH || !BASE64URL.test(cursor)) return false;
  return Buffer.from(cursor, 'base64url').toString('base64url') === cursor;
}

function positionOf(opened: unknown): Position | null {
  if (!Array.isArray(opened)) return null;
  const [value, id]: unknown[] = opened;
  if ((value !== null && typeof value !== 'string') || typeof id !== 'string') return null;
  return { value, id };
}
