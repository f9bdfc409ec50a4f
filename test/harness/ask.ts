/** An answer as clients get it. */
export interface Answer<Data> {
  readonly httpStatus: number;
  readonly data: Data;
  readonly errors: readonly {
    readonly message: string;
    readonly path?: readonly unknown[];
    readonly extensions?: Record<string, unknown>;
  }[];
}

/** Asks over HTTP, as a client does. */
export async function ask<Data>(
  url: string,
  query: string,
  variables: Record<string, unknown>,
  headers: Readonly<Record<string, string>> = {},
): Promise<Answer<Data>> {
  const response = await fetch(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: 'application/graphql-response+json, application/json',
      ...headers,
    },
    body: JSON.stringify({ query, variables }),
  });
  const body = (await response.json()) as { data: Data; errors?: Answer<Data>['errors'] };
  return { httpStatus: response.status, data: body.data, errors: body.errors ?? [] };
}
