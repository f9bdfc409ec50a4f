import { describe, expect, it } from 'vitest';

import { beginsWith, createSealer, isOneOf, SealBrokenError } from './sealing.ts';

const KEY = new Uint8Array(32).fill(7);
const OTHER_KEY = new Uint8Array(32).fill(8);
const THIRD_KEY = new Uint8Array(32).fill(9);
const SECRET = 'Ada Lovelace, L01X00T47';

describe('a sealer', () => {
  it('opens what it sealed, also text beyond ASCII and none at all', () => {
    const sealer = createSealer(KEY, 'personal');
    for (const text of [SECRET, '', 'Ἀριστοτέλης 😀']) expect(sealer.open(sealer.seal(text))).toBe(text);
  });

  it('never gives the same bytes twice, over many more seals than it draws nonces at once', () => {
    const sealer = createSealer(KEY, 'personal');
    const nonces = new Set(
      Array.from({ length: 2000 }, () => Buffer.from(sealer.seal('').subarray(5, 17)).toString('hex')),
    );
    expect(nonces.size).toBe(2000);
  });

  it('refuses bytes of which any one was altered, without telling of their content', () => {
    const sealer = createSealer(KEY, 'personal');
    const sealed = sealer.seal(SECRET, 'row-1');
    for (let index = 0; index < sealed.length; index += 1) {
      const altered = Uint8Array.from(sealed);
      altered[index] = (altered[index] ?? 0) ^ 1;
      expect(() => sealer.open(altered, 'row-1')).toThrow(SealBrokenError);
    }
    expect(() => sealer.open(sealed.subarray(0, 20), 'row-1')).toThrow(SealBrokenError);
    expect(() => sealer.open(new Uint8Array(0))).toThrow(SealBrokenError);
    expect(messageOf(() => sealer.open(sealed))).not.toContain('Ada');
  });

  it('refuses what was sealed for another row, another purpose or with another key', () => {
    const sealed = createSealer(KEY, 'personal').seal(SECRET, 'row-1');
    expect(() => createSealer(KEY, 'personal').open(sealed, 'row-2')).toThrow(SealBrokenError);
    expect(() => createSealer(KEY, 'raw').open(sealed, 'row-1')).toThrow(SealBrokenError);
    expect(() => createSealer(new Uint8Array(32), 'personal').open(sealed, 'row-1')).toThrow(SealBrokenError);
  });

  it('names the key in front, so that an old one can be found again', () => {
    const idOf = (key: Uint8Array, purpose: string) => [
      ...createSealer(key, purpose).seal('').subarray(1, 5),
    ];
    expect(idOf(KEY, 'personal')).toEqual(idOf(KEY, 'raw'));
    expect(idOf(KEY, 'personal')).not.toEqual(idOf(new Uint8Array(32), 'personal'));
  });

  it('hashes equal text alike, and otherwise under another key or purpose', () => {
    const hash = createSealer(KEY, 'owner').hash(SECRET);
    expect(createSealer(KEY, 'owner').hash(SECRET)).toEqual(hash);
    expect(createSealer(KEY, 'content').hash(SECRET)).not.toEqual(hash);
    expect(createSealer(new Uint8Array(32), 'owner').hash(SECRET)).not.toEqual(hash);
  });

  it('opens what an old key of its ring sealed, and seals with the present one alone', () => {
    const [old, other] = [createSealer(OTHER_KEY, 'personal'), createSealer(THIRD_KEY, 'personal')];
    const sealer = createSealer(KEY, 'personal', [THIRD_KEY, OTHER_KEY]);
    expect(sealer.open(old.seal(SECRET, 'row-1'), 'row-1')).toBe(SECRET);
    expect(sealer.open(other.seal(SECRET))).toBe(SECRET);
    expect(() => sealer.open(old.seal(SECRET, 'row-1'), 'row-2')).toThrow(SealBrokenError);
    expect(() => createSealer(KEY, 'raw', [OTHER_KEY]).open(old.seal(SECRET))).toThrow(SealBrokenError);
    const sealed = sealer.seal(SECRET);
    expect(createSealer(KEY, 'personal').open(sealed)).toBe(SECRET);
    expect(beginsWith(sealed, sealer.head)).toBe(true);
    expect(beginsWith(old.seal(SECRET), sealer.head)).toBe(false);
  });

  it('hashes with every key of its ring, the present one first, and each hash names its key', () => {
    const sealer = createSealer(KEY, 'search', [OTHER_KEY]);
    const old = createSealer(OTHER_KEY, 'search');
    expect(sealer.hashes(SECRET)).toEqual([sealer.hash(SECRET), old.hash(SECRET)]);
    expect(sealer.hash(SECRET)).toEqual(createSealer(KEY, 'search').hash(SECRET));
    expect(isOneOf(old.hash(SECRET), sealer.hashes(SECRET))).toBe(true);
    expect(isOneOf(old.hash('another'), sealer.hashes(SECRET))).toBe(false);
    expect(sealer.hash(SECRET).subarray(1, 5)).toEqual(sealer.head.subarray(1));
  });

  it('takes no key but one of 32 bytes', () => {
    expect(() => createSealer(new Uint8Array(16), 'personal')).toThrow(TypeError);
    expect(() => createSealer(KEY, 'personal', [new Uint8Array(31)])).toThrow(TypeError);
  });
});

function messageOf(work: () => unknown): string {
  try {
    work();
    return '';
  } catch (error) {
    return String(error);
  }
}
