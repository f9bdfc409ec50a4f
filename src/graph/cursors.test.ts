import { GraphQLError } from 'graphql';
import { describe, expect, it } from 'vitest';

import { verificationId } from '#kyc/id';
import { createSealer } from '#store/sealing';

import { createCursors } from './cursors.ts';
import { ALPHA, at } from './testing/records.ts';

const key = (byte: number) => new Uint8Array(32).fill(byte);
const cursors = createCursors(createSealer(key(1), 'cursor'));
const position = { value: at('2026-01-01T00:00:00.123456789Z'), id: verificationId('CHECK', ALPHA, 'x') };
const sealed = cursors.seal('list', position);

function refusalOf(open: () => unknown): GraphQLError {
  try {
    open();
  } catch (error) {
    if (error instanceof GraphQLError) return error;
    throw error;
  }
  throw new Error('It opened.');
}

describe('cursors', () => {
  it('give back the position that was sealed, to the nanosecond', () => {
    expect(cursors.open('list', sealed)).toEqual(position);
    const nulls = { value: null, id: 'x' };
    expect(cursors.open('list', cursors.seal('list', nulls))).toEqual(nulls);
  });

  it('have room for the longest id that there can be', () => {
    const longest = { ...position, id: verificationId('IDV_APPLICATION', ALPHA, 'é'.repeat(430)) };
    expect(cursors.open('list', cursors.seal('list', longest))).toEqual(longest);
  });

  it('do not open in another list', () => {
    expect(refusalOf(() => cursors.open('other list', sealed)).extensions['code']).toBe('BAD_USER_INPUT');
  });

  it('do not open when any one character of them is changed', () => {
    for (let place = 0; place < sealed.length; place += 1) {
      const changed = sealed[place] === 'A' ? 'B' : 'A';
      const tampered = sealed.slice(0, place) + changed + sealed.slice(place + 1);
      expect(refusalOf(() => cursors.open('list', tampered)).extensions['code']).toBe('BAD_USER_INPUT');
    }
  });

  const foreign = createSealer(key(2), 'cursor').seal(JSON.stringify([null, 'x']), 'list');
  const noPosition = createSealer(key(1), 'cursor').seal('{"id":1}', 'list');
  it.each([
    ['empty', ''],
    ['cut short', sealed.slice(0, -4)],
    ['longer', `${sealed}AAAA`],
    ['padded', `${sealed}=`],
    ['with a line break', `${sealed}\n`],
    ['10 kB of rubbish', 'x'.repeat(10_240)],
    ['10 kB of another script', '語'.repeat(10_240)],
    ['sealed with another key', Buffer.from(foreign).toString('base64url')],
    ['sealed here, but no position', Buffer.from(noPosition).toString('base64url')],
  ])('are refused: %s', (_what, cursor) => {
    const refusal = refusalOf(() => cursors.open('list', cursor));
    expect(refusal.extensions['code']).toBe('BAD_USER_INPUT');
    expect(refusal.message.length).toBeLessThan(200);
  });
});
