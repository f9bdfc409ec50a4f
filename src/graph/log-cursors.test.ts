import { GraphQLError } from 'graphql';
import { describe, expect, it } from 'vitest';

import { createSealer } from '#store/sealing';

import { createCursors } from './cursors.ts';
import { createLogCursors } from './log-cursors.ts';

const key = (byte: number) => new Uint8Array(32).fill(byte);
const sealer = createSealer(key(1), 'cursor');
const cursors = createLogCursors(sealer, { epoch: 'epoch' });
const sealed = cursors.seal(7);

function codeOf(open: () => unknown): unknown {
  try {
    open();
  } catch (error) {
    if (error instanceof GraphQLError) return error.extensions['code'];
    throw error;
  }
  return 'It opened.';
}

describe('cursors of the log', () => {
  it('give back the position that was sealed, whoever asks, also when keys change', () => {
    expect(cursors.open(sealed)).toBe(7);
    expect(cursors.open(cursors.seal(0))).toBe(0);
    const changed = createSealer(key(2), 'cursor', [key(1)]);
    expect(createLogCursors(changed, { epoch: 'epoch' }).open(sealed)).toBe(7);
  });

  it('are expired once the log has another epoch', () => {
    const log = { epoch: 'epoch' };
    const present = createLogCursors(sealer, log);
    const sealed = present.seal(7);
    expect(present.open(sealed)).toBe(7);
    log.epoch = 'another';
    expect(codeOf(() => present.open(sealed))).toBe('CURSOR_EXPIRED');
    expect(present.open(present.seal(8))).toBe(8);
  });

  it('are expired in a log of another epoch', () => {
    expect(codeOf(() => createLogCursors(sealer, { epoch: 'another' }).open(sealed))).toBe('CURSOR_EXPIRED');
  });

  it('do not open when any one character of them is changed', () => {
    for (let place = 0; place < sealed.length; place += 1) {
      const other = sealed[place] === 'A' ? 'B' : 'A';
      const tampered = sealed.slice(0, place) + other + sealed.slice(place + 1);
      expect(codeOf(() => cursors.open(tampered))).toBe('BAD_USER_INPUT');
    }
  });

  it('are nothing to a list, and cursors of a list are nothing to the log', () => {
    const lists = createCursors(sealer);
    expect(codeOf(() => lists.open('users', sealed))).toBe('BAD_USER_INPUT');
    expect(codeOf(() => cursors.open(lists.seal('users', { value: null, id: 'x' })))).toBe('BAD_USER_INPUT');
  });

  it.each([
    ['empty', ''],
    ['padded', `${sealed}=`],
    ['cut short', sealed.slice(0, -4)],
    ['10 kB of rubbish', 'x'.repeat(10_240)],
    ['sealed with another key', createLogCursors(createSealer(key(3), 'cursor'), { epoch: 'epoch' }).seal(7)],
  ])('are refused: %s', (_what, cursor) => {
    expect(codeOf(() => cursors.open(cursor))).toBe('BAD_USER_INPUT');
  });
});
