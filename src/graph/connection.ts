import type { Page, PageRequest, Position } from '#kyc/page';

import type { ConnectionExtras } from './builder.ts';
import type { Cursors } from './cursors.ts';
import { badUserInput } from './errors.ts';

export const DEFAULT_ROWS = 50;
export const MAX_ROWS = 200;

/** The arguments of every connection. */
export interface PageArgs {
  readonly first?: number | null | undefined;
  readonly last?: number | null | undefined;
  readonly after?: string | null | undefined;
  readonly before?: string | null | undefined;
}

/** A list as a connection sees it: its name, by which cursors are sealed, and where a node stands in it. */
export interface ListOf<Node> {
  readonly name: string;
  readonly positionOf: (node: Node) => Position;
}

/** Reads the arguments of a connection; nothing is asked for before they are found good. @throws GraphQLError BAD_USER_INPUT */
export function readPageArgs(args: PageArgs, list: { readonly name: string }, cursors: Cursors): PageRequest {
  return readSlice(args, (cursor) => cursors.open(list.name, cursor));
}

/** The same of a list whose places are not as others'. */
export function readSlice<Place>(
  args: PageArgs,
  open: (cursor: string) => Place,
): Pick<PageRequest, 'take' | 'direction'> & { after: Place | null; before: Place | null } {
  const first = args.first ?? null;
  const last = args.last ?? null;
  if (first !== null && last !== null) throw badUserInput('Give first or last, not both.');
  checkCount('first', first);
  checkCount('last', last);
  return {
    take: first ?? last ?? DEFAULT_ROWS,
    direction: last === null ? 'FORWARD' : 'BACKWARD',
    after: args.after == null ? null : open(args.after),
    before: args.before == null ? null : open(args.before),
  };
}

function checkCount(name: string, count: number | null): void {
  if (count === null || (count >= 0 && count <= MAX_ROWS)) return;
  throw badUserInput(`The argument ${name} must lie between 0 and ${MAX_ROWS}.`);
}

/** A page of nodes as its connection resolves. */
export function connectionOf<Node>(
  page: Page<Node>,
  list: ListOf<Node>,
  cursors: Cursors,
  extras: ConnectionExtras,
) {
  const edges = page.rows.map((node) => ({ cursor: cursors.seal(list.name, list.positionOf(node)), node }));
  const pageInfo = {
    hasPreviousPage: page.hasPrevious,
    hasNextPage: page.hasNext,
    startCursor: edges[0]?.cursor ?? null,
    endCursor: edges.at(-1)?.cursor ?? null,
  };
  return { edges, pageInfo, ...extras };
}
