import { createReadStream, readdirSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { extname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';

import { PAGE_POLICY } from './security-headers.ts';

const BUILT = fileURLToPath(new URL('../../web/dist/', import.meta.url));
const DEFAULT_QUERY_PATH = '/graphiql/default-query';
const PAGE = 'index.html';

const CONTENT_TYPES: ReadonlyMap<string, string> = new Map([
  ['.css', 'text/css; charset=utf-8'],
  ['.html', 'text/html; charset=utf-8'],
  ['.js', 'text/javascript; charset=utf-8'],
  ['.svg', 'image/svg+xml'],
  ['.ttf', 'font/ttf'],
  ['.woff2', 'font/woff2'],
]);

/** GraphiQL: its page on the path of GraphQL itself, what the page loads below /graphiql/. Nothing comes from elsewhere. */
export class GraphiQL {
  readonly #files: ReadonlySet<string>;
  readonly #defaultQuery: string;

  constructor(defaultQuery: string) {
    this.#defaultQuery = defaultQuery;
    this.#files = new Set(listBuilt().filter((name) => CONTENT_TYPES.has(extname(name))));
  }

  /** True for a browser that opens the address of GraphQL, rather than a program that asks it. */
  wants(request: IncomingMessage): boolean {
    return request.method === 'GET' && (request.headers.accept ?? '').includes('text/html');
  }

  async answerPage(response: ServerResponse): Promise<void> {
    if (!this.#files.has(PAGE)) {
      response.writeHead(503, { 'content-type': 'text/plain; charset=utf-8' });
      response.end('GraphiQL is not built: npm run build:web\n');
      return;
    }
    response.setHeader('content-security-policy', PAGE_POLICY);
    await send(response, PAGE);
  }

  /** What the page loads; false when there is no such thing. */
  async answerAsset(path: string, response: ServerResponse): Promise<boolean> {
    if (path === DEFAULT_QUERY_PATH) {
      response.writeHead(200, { 'content-type': 'text/plain; charset=utf-8' }).end(this.#defaultQuery);
      return true;
    }
    const name = path.slice('/graphiql/'.length);
    if (name === PAGE || !this.#files.has(name)) return false;
    // The names carry a hash of what is in them.
    response.setHeader('cache-control', 'private, max-age=31536000, immutable');
    await send(response, name);
    return true;
  }
}

function listBuilt(): string[] {
  try {
    return readdirSync(BUILT, { recursive: true, encoding: 'utf8' }).map((name) =>
      name.replaceAll('\\', '/'),
    );
  } catch {
    return [];
  }
}

async function send(response: ServerResponse, name: string): Promise<void> {
  response.writeHead(200, { 'content-type': CONTENT_TYPES.get(extname(name)) });
  await pipeline(createReadStream(join(BUILT, name)), response);
}
