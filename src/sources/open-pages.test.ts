import { describe, expect, test } from 'vitest';

import type { FetchedRecord } from '#kyc/fetched-record';
import { sourceId } from '#kyc/source-id';
import type { StatusMapping } from '#kyc/status';
import { SourceError } from '#upstream/source-error';

import { createOpenPages, type FetchWithWord, openWords } from './open-pages.ts';
import type { ScanPage, ScanPosition } from './source.ts';

const OPTIONS = { pace: 'BACKGROUND' } as const;

function aRecord(externalId: string, sourceStatus: string): FetchedRecord {
  const nothing = { outcome: null, canRetry: null, createdAt: null, updatedAt: null, decidedAt: null };
  const details = {
    vendor: null,
    approvedAt: null,
    rejectedAt: null,
    startedAt: null,
    documentsComplete: null,
    passed: null,
  };
  const personal = { person: null, documents: [], declineReason: null, rejectionMessage: null };
  const status = { status: 'PENDING', reason: 'SUBMITTED', sourceStatus } as const;
  const ids = { kind: 'KYC_RECORD', source: sourceId('ONE'), externalId, externalUserId: null } as const;
  const said = { ...ids, ...status, ...nothing, documentExpiresOn: null, faults: [], details, personal };
  return { verification: said, raw: {} };
}

function aPage(records: readonly FetchedRecord[], next: ScanPosition | null = null): ScanPage {
  return { records, unidentified: 0, incomplete: null, next, totalAtSource: null };
}

/** All pages, each position having been through JSON; ends after 20. */
async function walk(words: readonly string[], fetchWithWord: FetchWithWord) {
  const fetchOpenPage = createOpenPages(words, fetchWithWord);
  const ids: string[] = [];
  let position: ScanPosition | null = null;
  for (let turn = 0; turn < 20; turn += 1) {
    const page: ScanPage = await fetchOpenPage(position, OPTIONS);
    ids.push(...page.records.map(({ verification }) => verification.externalId));
    position = JSON.parse(JSON.stringify(page.next)) as ScanPosition | null;
    if (position === null) return ids;
  }
  throw new Error('The walk does not end.');
}

test('the open words of a table are those that never tell of a decision', () => {
  const row = (sourceStatus: string, status: StatusMapping['status'], outcome: string | null = null) =>
    ({ sourceStatus, outcome, status, reason: 'SUBMITTED' }) as const;
  const rows = [
    row('new', 'PENDING'),
    row('done', 'IN_REVIEW', 'manual'),
    row('done', 'APPROVED', 'yes'),
    row('held', 'IN_REVIEW'),
    row('gone', 'EXPIRED'),
    row('odd', 'UNKNOWN'),
  ];
  expect(openWords(rows)).toEqual(['new', 'held']);
});

describe('open pages', () => {
  test('are the lists of all words, one after the other, each from its own start to its end', async () => {
    const ids = await walk(['a', 'b', 'c'], (word, position) => {
      const page = Number(position?.['page'] ?? 0);
      const next = word === 'b' && page < 2 ? { page: page + 1 } : null;
      return Promise.resolve(aPage([aRecord(`${word}${page}`, word.toUpperCase())], next));
    });
    expect(ids).toEqual(['a0', 'b0', 'b1', 'b2', 'c0']);
  });

  test('pass over a word that the source refuses', async () => {
    const ids = await walk(['a', 'b'], (word) => {
      const refusal = new SourceError('SOURCE_REFUSED', 'no', { httpStatus: 422 });
      return word === 'a' ? Promise.reject(refusal) : Promise.resolve(aPage([aRecord('b0', 'b')]));
    });
    expect(ids).toEqual(['b0']);
  });

  test('fail where the source does', async () => {
    const down = new SourceError('SOURCE_UNREACHABLE', 'down');
    await expect(walk(['a'], () => Promise.reject(down))).rejects.toBe(down);
  });

  test('end where the source does not filter', async () => {
    const ids = await walk(['a', 'b'], () =>
      Promise.resolve(aPage([aRecord('x', 'a'), aRecord('y', 'decided')], { page: 1 })),
    );
    expect(ids).toEqual(['x', 'y']);
  });

  test('are none without words', async () => {
    expect(await walk([], () => Promise.reject(new Error('asked')))).toEqual([]);
  });
});
