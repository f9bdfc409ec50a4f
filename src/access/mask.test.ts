import { describe, expect, it, test } from 'vitest';

import { masked } from './mask.ts';

describe('of a name stay its initials', () => {
  it.each([
    ['Jane Doe', 'J. D.'],
    ['  jane \t van   Doe ', 'j. v. D.'],
    ['Élodie Noël', 'É. N.'],
    ['E\u0301lodie', 'E\u0301.'],
    ['\u0301Anna', 'A.'],
    ['O’Brien-Walsh', 'O.'],
    ['ليلى حسن', 'ل. ح.'],
    ['Ελένη Ψαρά', 'Ε. Ψ.'],
    ['मीरा नायर', 'मी. ना.'],
    ['Acme Trading Company Limited of London', 'A. T. C. L.'],
    ['"Bo" (the) 3rd', 'B. t. r.'],
  ])('%s', (name, expected) => {
    expect(masked(name, 'INITIALS')).toBe(expected);
  });

  it.each([
    ['one letter', 'X'],
    ['one letter with a dot', 'X.'],
    ['one letter with a mark', 'A\u030a'],
    ['a family name that is one sign', '李'],
    ['a whole name without spaces', '欧阳建国'],
    ['syllables', '김민준'],
    ['kana', 'さくら'],
    ['an emoji of several signs', '👩‍👩‍👧‍👦'],
    ['digits', '007'],
    ['a lone mark', '\u0301'],
    ['half a character', '\ud83d'],
  ])('and of a word that they would tell whole nothing: %s', (_, name) => {
    expect(masked(name, 'INITIALS')).toBe('*');
    expect(masked(`Jane ${name}`, 'INITIALS')).toBe('J. *');
  });
});

test.each([
  ['X1234567', '***4567'],
  ['ab-12 34.5678', '***5678'],
  ['１２３４５６７８', '***５６７８'],
  ['𝟏𝟐𝟑𝟒𝟓𝟔𝟕𝟖', '***𝟓𝟔𝟕𝟖'],
  ['1234567', '***'],
  ['1-2-3-4-5-6-7', '***'],
  ['7', '***'],
])('of the number %s stay the last four signs, if as many stay hidden', (number, expected) => {
  expect(masked(number, 'LAST_FOUR')).toBe(expected);
});

test.each([
  ['jane.doe@example.com', '***@example.com'],
  ['"jane@home"@mail.example.co.uk', '***@mail.example.co.uk'],
  ['jane@bücher.example', '***@bücher.example'],
  [' jane@example.com ', '***@example.com'],
  ['jane.doe', null],
  ['example.com', null],
  ['jane@', null],
  ['jane@localhost', null],
  ['jane@doe, Main Street 1.', null],
  ['Jane <jane@example.com>', null],
])('of the e-mail %s stays the domain, where it has one', (email, expected) => {
  expect(masked(email, 'DOMAIN')).toBe(expected);
});

test.each(['INITIALS', 'LAST_FOUR', 'DOMAIN'] as const)('of nothing stays nothing: %s', (mask) => {
  expect(masked('', mask)).toBeNull();
  expect(masked(' \t ', mask)).toBeNull();
});
