import { expect } from 'vitest';

import type { Answer } from '../harness/ask.ts';
import type { World } from '../harness/world.ts';
import { EVERY_FIELD, everyField } from './every-field.ts';

/** A record as the graph gave it. */
export type Given = Readonly<Record<string, unknown>>;

interface Page {
  readonly totalCount: number;
  readonly pageInfo: {
    hasNextPage: boolean;
    hasPreviousPage: boolean;
    startCursor: string;
    endCursor: string;
  };
  readonly nodes: readonly Given[];
}

const SELECTIONS = {
  kycRecords: everyField('KycRecord'),
  checks: everyField('Check'),
  idvApplications: everyField('IdvApplication'),
  verifications: EVERY_FIELD,
};
export type ListName = keyof typeof SELECTIONS;
export const listNames = ['kycRecords', 'checks', 'idvApplications', 'verifications'] as const;

export interface Reading {
  readonly list: ListName;
  readonly pageSize: number;
  readonly direction?: 'FORWARDS' | 'BACKWARDS';
  readonly filter?: Readonly<Record<string, unknown>>;
  readonly orderBy?: { readonly field: string; readonly direction: 'ASC' | 'DESC' };
  /** In place of every field. */
  readonly selection?: string;
}

const BACKWARDS = 'last: $size, before: $cursor';
const FORWARDS = 'first: $size, after: $cursor';

/** Reads a whole list that stands still: as many records as it counts. */
export async function readList(world: World, reading: Reading): Promise<readonly Given[]> {
  const { nodes, totalCount } = await walkList(world, reading);
  expect(nodes).toHaveLength(totalCount);
  return nodes;
}

/** Pages through a list over HTTP, as a client does; the nodes in the list's own order whichever way it is read. */
export async function walkList(world: World, reading: Reading): Promise<Pick<Page, 'nodes' | 'totalCount'>> {
  const isBack = reading.direction === 'BACKWARDS';
  const { list, pageSize, filter = null, orderBy = null, selection = SELECTIONS[list] } = reading;
  const query = `query ($size: Int!, $cursor: String, $filter: VerificationFilter, $orderBy: VerificationOrder) {
    page: ${list}(${isBack ? BACKWARDS : FORWARDS}, filter: $filter, orderBy: $orderBy) {
      totalCount pageInfo { hasNextPage hasPreviousPage startCursor endCursor } nodes ${selection}
    }
  }`;
  const pages: (readonly Given[])[] = [];
  for (let cursor: string | null = null; ; ) {
    const answer: Answer<{ page: Page }> = await world.ask<{ page: Page }>(query, {
      size: pageSize,
      cursor,
      filter,
      orderBy,
    });
    expect(answer.errors).toEqual([]);
    const { nodes, pageInfo, totalCount } = answer.data.page;
    pages.push(nodes);
    const [goesOn, cameFrom] = isBack
      ? [pageInfo.hasPreviousPage, pageInfo.hasNextPage]
      : [pageInfo.hasNextPage, pageInfo.hasPreviousPage];
    expect(cameFrom).toBe(cursor !== null);
    if (goesOn) expect(nodes).toHaveLength(pageSize);
    cursor = isBack ? pageInfo.startCursor : pageInfo.endCursor;
    if (goesOn) continue;
    return { nodes: (isBack ? pages.toReversed() : pages).flat(), totalCount };
  }
}
