import { expect } from 'vitest';

import { objectOf } from '../end-to-end/compare.ts';
import type { Answer } from '../harness/ask.ts';
import type { World } from '../harness/world.ts';

export interface HeldUser {
  readonly id: string;
  readonly identities: readonly { readonly source: string; readonly externalId: string }[];
}
export interface HeldRecord {
  readonly id: string;
  readonly source: string;
  readonly kind: string;
  readonly externalId: string;
  readonly businessAccountId: string | null;
  /** The names, at its source, of those for whom it counts. */
  readonly subjects: readonly string[];
  /** Every id that is its own: nobody else's record has it. */
  readonly ownIds: readonly string[];
}
export interface HeldChange {
  readonly id: string;
  readonly verificationId: string;
}
/** All that the store holds, as the operator of an open gateway sees it. */
export interface Holdings {
  readonly users: readonly HeldUser[];
  readonly records: readonly HeldRecord[];
  readonly changes: readonly HeldChange[];
}

type Node = Readonly<Record<string, unknown>>;
interface Page {
  readonly nodes: readonly Node[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string };
}

const LISTS = {
  users: '{ id identities { source externalId } }',
  verifications: `{ id source kind externalId externalUserId
    ... on KycRecord { vendor { inquiryId } }
    ... on IdvApplication { businessAccountId sourceHistory { id } entities { accountId sourceHistory { id } } } }`,
  statusChanges: '{ id verificationId }',
};

export async function readHoldings(world: World): Promise<Holdings> {
  const [users, records, changes] = [
    await readAll(world, 'users'),
    await readAll(world, 'verifications'),
    await readAll(world, 'statusChanges'),
  ];
  return {
    users: users as unknown as readonly HeldUser[],
    records: records.map(recordOf),
    changes: changes as unknown as readonly HeldChange[],
  };
}

async function readAll(world: World, list: keyof typeof LISTS): Promise<readonly Node[]> {
  const query = `query ($after: String) {
    page: ${list}(first: 200, after: $after) { nodes ${LISTS[list]} pageInfo { hasNextPage endCursor } } }`;
  const nodes: Node[] = [];
  for (let after: string | null = null; ; ) {
    const { data, errors }: Answer<{ page: Page }> = await world.ask<{ page: Page }>(query, { after });
    expect(errors).toEqual([]);
    nodes.push(...data.page.nodes);
    if (!data.page.pageInfo.hasNextPage) return nodes;
    after = data.page.pageInfo.endCursor;
  }
}

function recordOf(node: Node): HeldRecord {
  const entities = listOf(node['entities']);
  const histories = [node, ...entities].flatMap((one) => listOf(one['sourceHistory']));
  const ids = [node['id'], node['externalId'], objectOf(node['vendor'])['inquiryId']];
  return {
    id: String(node['id']),
    source: String(node['source']),
    kind: String(node['kind']),
    externalId: String(node['externalId']),
    businessAccountId: textOf(node['businessAccountId']),
    subjects: [...new Set([node['externalUserId'], ...entities.map(({ accountId }) => accountId)])].filter(
      (name) => typeof name === 'string',
    ),
    ownIds: [...ids, ...histories.map(({ id }) => id)].filter((id) => typeof id === 'string'),
  };
}

function listOf(value: unknown): readonly Node[] {
  return Array.isArray(value) ? (value as readonly Node[]) : [];
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}
