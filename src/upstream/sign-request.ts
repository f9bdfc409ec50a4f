import { createHash, randomUUID } from 'node:crypto';

import { type SignedComponent, signatureBase, signatureHeaders } from './http-signature.ts';
import type { WireRequest } from './send.ts';
import { SourceError } from './source-error.ts';

/** Gives a request its signature, just before it is sent: each sending is signed anew. @throws SourceError */
export type RequestSigner = (request: WireRequest) => Promise<WireRequest>;

export interface RequestSigning {
  /** The name of the signature in both headers. */
  readonly label: string;
  /** By which the source knows the key: printable ASCII. */
  readonly keyId: string;
  readonly sign: (data: Uint8Array) => Promise<Uint8Array>;
  /** The headers to sign, in lower case and in this order; those that a request does not carry are passed over. */
  readonly headers: readonly string[];
  /** How long a signature holds. */
  readonly lifetimeS: number;
}

/**
 * Signs the method, the path, the query where there is one, and the headers named. A body comes in by its length and
 * its SHA-512 digest (`Content-Digest`, RFC 9530). Every signature has a nonce of its own.
 */
export function createRequestSigner(signing: RequestSigning): RequestSigner {
  return async (request) => {
    const headers = { ...request.headers, ...contentHeaders(request.body) };
    const createdS = Math.floor(Date.now() / 1000);
    const base = signatureBase(componentsOf({ ...request, headers }, signing.headers), {
      keyid: signing.keyId,
      created: createdS,
      expires: createdS + signing.lifetimeS,
      nonce: randomUUID(),
    });
    const signature = await signing.sign(Buffer.from(base.text, 'utf8')).catch(notSigned);
    return { ...request, headers: { ...headers, ...signatureHeaders(signing.label, base, signature) } };
  };
}

/** What broke is not passed on: it may show something of the key. */
function notSigned(): never {
  throw new SourceError('SOURCE_REFUSED', 'The request could not be signed.');
}

function contentHeaders(body: string | null): Readonly<Record<string, string>> {
  if (body === null || body === '') return {};
  const digest = createHash('sha512').update(body, 'utf8').digest('base64');
  return {
    'content-length': String(Buffer.byteLength(body, 'utf8')),
    'content-digest': `sha-512=:${digest}:`,
  };
}

function componentsOf({ method, path, headers }: WireRequest, covered: readonly string[]): SignedComponent[] {
  const queryAt = path.indexOf('?');
  const query: SignedComponent[] = queryAt < 0 ? [] : [['@query', path.slice(queryAt)]];
  const carried = new Map(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
  return [
    ['@method', method],
    ['@path', queryAt < 0 ? path : path.slice(0, queryAt)],
    ...query,
    ...covered.flatMap((name): SignedComponent[] => {
      const value = carried.get(name);
      return value === undefined ? [] : [[name, value]];
    }),
  ];
}
