import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { auditEntryId, decodeId, nodeTypeOfKind, userId, verificationId } from './id.ts';
import { sourceId } from './source-id.ts';
import { verificationKinds } from './verification-core.ts';

const ALPHA = sourceId('ALPHA');
const encode = (text: string | Buffer) => Buffer.from(text).toString('base64url');

describe('ids', () => {
  it('say the same again, whatever the source calls its records', () => {
    const externalIds = fc
      .string({ unit: 'grapheme', minLength: 1, maxLength: 200 })
      .filter((text) => text.length <= 200 && !text.includes('\u0000') && text.isWellFormed());
    fc.assert(
      fc.property(fc.constantFrom(...verificationKinds), externalIds, (kind, externalId) => {
        const id = verificationId(kind, ALPHA, externalId);
        expect(id).toMatch(/^[A-Za-z0-9_-]+$/);
        expect(decodeId(id)).toStrictEqual({ type: nodeTypeOfKind[kind], source: 'ALPHA', externalId });
      }),
    );
  });

  it.each([
    'a:b',
    ':',
    '::x',
    ' x ',
    '\ufeffx',
    'ä',
    '😀'.repeat(100),
    '中'.repeat(200),
    '../x',
    '__proto__',
  ])('carry %j as it is', (externalId) => {
    expect(decodeId(verificationId('CHECK', ALPHA, externalId))).toMatchObject({ externalId });
    expect(decodeId(userId(externalId))).toStrictEqual({ type: 'User', key: externalId });
    expect(decodeId(auditEntryId(externalId))).toStrictEqual({ type: 'AuditEntry', key: externalId });
  });

  it('tell kinds, sources and users apart', () => {
    const ids = [
      ...verificationKinds.map((kind) => verificationId(kind, ALPHA, 'x')),
      verificationId('CHECK', sourceId('BETA'), 'x'),
      userId('ALPHA:x'),
      userId('x'),
      auditEntryId('x'),
      auditEntryId('ALPHA:x'),
    ];
    expect(new Set(ids).size).toBe(ids.length);
  });

  it.each([
    ['nothing', ''],
    ['rubbish', '!!!'],
    ['10 kB of rubbish', 'A'.repeat(10_240)],
    ['padding', `${encode('Check:ALPHA:x1')}==`],
    ['plain base64', Buffer.from('Check:ALPHA:???').toString('base64')],
    ['a line end', `${encode('Check:ALPHA:x')}\n`],
    ['bits that mean nothing', `${encode('Check:ALPHA:x1').slice(0, -1)}Z`],
    ['bytes that are no UTF-8', encode(Buffer.from([...Buffer.from('Check:ALPHA:'), 0xff, 0xfe]))],
    ['an overlong NUL', encode(Buffer.from([...Buffer.from('Check:ALPHA:'), 0xc0, 0x80]))],
    ['a surrogate', encode(Buffer.from([...Buffer.from('Check:ALPHA:'), 0xed, 0xa0, 0x80]))],
    ['a NUL', encode('Check:ALPHA:x\u0000')],
    ['a NUL of a user', encode('User:\u0000')],
    ['another type', encode('Write:ALPHA:x')],
    ['a type in another case', encode('check:ALPHA:x')],
    ['a word that every object has', encode('constructor:ALPHA:x')],
    ['another such word', encode('__proto__:ALPHA:x')],
    ['no type', encode(':ALPHA:x')],
    ['a type alone', encode('Check')],
    ['no source', encode('Check::x')],
    ['a source that can be none', encode('Check:alpha:x')],
    ['no record', encode('Check:ALPHA:')],
    ['no separator', encode('Check:ALPHA')],
    ['a user of nobody', encode('User:')],
    ['a user without separator', encode('User')],
    ['an entry of nothing', encode('AuditEntry:')],
  ])('are refused for %s', (_what, id) => {
    expect(decodeId(id)).toBeNull();
  });

  it('have one spelling each', () => {
    fc.assert(
      // Begins as "User:" does.
      fc.property(fc.stringMatching(/^VXNlcj[op][A-Za-z0-9_-]{1,6}$/), (id) => {
        const said = decodeId(id);
        if (said?.type === 'User') expect(userId(said.key)).toBe(id);
      }),
    );
  });
});
