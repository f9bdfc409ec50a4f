import { expect, test } from 'vitest';

import { sourceId } from '#kyc/source-id';

import { receiptOf } from './erasure-receipt.ts';

const source = sourceId('ALPHA');
const DELETES = { descriptor: { capabilities: ['LIST', 'DELETE'] } } as const;
const READS = { descriptor: { capabilities: ['LIST'] } } as const;

test.each([
  ['is gone there', { records: 2, ownAtSource: 0, othersAtSource: 0 }, 'ERASED', 'ERASED'],
  [
    'never had a record that is known',
    { records: 0, ownAtSource: 0, othersAtSource: 0 },
    'MUST_BE_ASKED_THERE',
    'MUST_BE_ASKED_THERE',
  ],
  [
    'has own records there',
    { records: 2, ownAtSource: 1, othersAtSource: 0 },
    'CAN_BE_ASKED_HERE',
    'MUST_BE_ASKED_THERE',
  ],
  [
    "is named in another's record too",
    { records: 2, ownAtSource: 1, othersAtSource: 1 },
    'MUST_BE_ASKED_THERE',
    'MUST_BE_ASKED_THERE',
  ],
])('of a user who %s, it depends on whether the source deletes', (_, counts, deleting, reading) => {
  const at = (place: Parameters<typeof receiptOf>[1]) => receiptOf({ source, ...counts }, place);
  const { records } = counts;
  expect(at(DELETES)).toEqual({ source, records, atSource: deleting });
  // Switched off, it cannot be asked here at all.
  for (const place of [READS, undefined]) expect(at(place)).toEqual({ source, records, atSource: reading });
});
