import { type Answer, ask } from './ask.ts';

export interface SeenRecord {
  readonly source: string;
  readonly externalId: string;
  readonly sourceStatus: string | null;
  readonly status: string;
}
export interface SeenUser {
  readonly id: string;
  readonly identities: readonly { readonly source: string; readonly externalId: string }[];
}
interface Page<Node> {
  readonly page: {
    readonly nodes: readonly Node[];
    readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
  };
}

/** All verifications that the gateway shows, page by page as a client reads them. */
export function readVerifications(url: string): Promise<readonly SeenRecord[]> {
  return readAll(url, 'verifications', 'source externalId sourceStatus status');
}

export function readUsers(url: string): Promise<readonly SeenUser[]> {
  return readAll(url, 'users', 'id identities { source externalId }');
}

async function readAll<Node>(url: string, field: string, fields: string): Promise<readonly Node[]> {
  const query = `query ($after: String) {
    page: ${field}(first: 200, after: $after) { nodes { ${fields} } pageInfo { hasNextPage endCursor } }
  }`;
  const nodes: Node[] = [];
  for (let after: string | null = null; ; ) {
    const { data, errors }: Answer<Page<Node>> = await ask(url, query, { after });
    if (errors.length > 0) throw new Error(`The gateway refused to list ${field}: ${errors[0]?.message}`);
    nodes.push(...data.page.nodes);
    if (!data.page.pageInfo.hasNextPage) return nodes;
    after = data.page.pageInfo.endCursor;
  }
}
