import { Client } from 'undici';
import { z } from 'zod';

import { readAnswer } from './answer.ts';
import { Deadline } from './deadline.ts';
import { send } from './send.ts';
import type { GrantedToken } from './shared-token.ts';
import type { RequestSigner } from './sign-request.ts';
import { SourceError } from './source-error.ts';
import { bodyOf } from './wire-request.ts';

/** RFC 6749, 5.1. Some servers send the lifetime as text; one that cannot be read counts as not given. */
const grant = z.object({
  access_token: z.string().regex(/^[\x21-\x7e]+$/),
  token_type: z
    .string()
    .regex(/^bearer$/i)
    .nullish(),
  expires_in: z
    .union([z.number(), z.string().regex(/^\d+$/).transform(Number)])
    .nullish()
    .catch(null),
});
/** Finogates wraps it as it wraps all its answers. */
const wrapped = z.object({ data: grant }).transform(({ data }) => data);
const answerBody = z.union([grant, wrapped]);

/** A POST to a token endpoint; without form and json its body is empty. */
export interface TokenRequest {
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly form?: Readonly<Record<string, string>>;
  readonly json?: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  /** Undefined: unsigned. */
  readonly sign?: RequestSigner | undefined;
}

/** Asks a token endpoint once, under a deadline of its own. @throws SourceError */
export async function requestToken(request: TokenRequest): Promise<GrantedToken> {
  const { origin, pathname, search } = new URL(request.url);
  const client = new Client(origin, { connect: { timeout: request.timeoutMs } });
  const deadline = new Deadline(request.timeoutMs);
  try {
    const { type, body } = bodyOf(request);
    const contentType = type === null ? {} : { 'content-type': type };
    const headers = { accept: 'application/json', ...contentType, ...request.headers };
    const plain = { method: 'POST', path: pathname + search, headers, body } as const;
    const wire = request.sign === undefined ? plain : await request.sign(plain);
    const { access_token, expires_in } = readAnswer(await send(client, wire, deadline.signal), answerBody);
    return { value: access_token, lifetimeMs: lifetimeMs(expires_in ?? null) };
  } finally {
    deadline.end();
    await client.destroy();
  }
}

function lifetimeMs(expiresInS: number | null): number | null {
  return expiresInS === null || expiresInS <= 0 ? null : expiresInS * 1000;
}

/**
 * The same failure, saying that it was the token endpoint's. What is wrong there is never "not found", and its HTTP
 * status says nothing of what was asked of the source.
 */
export function ofTokenEndpoint(error: unknown): unknown {
  if (!(error instanceof SourceError)) return error;
  const code = error.code === 'SOURCE_NOT_FOUND' ? 'SOURCE_REFUSED' : error.code;
  return new SourceError(code, `No access token: ${error.message}`, { retryAfterMs: error.retryAfterMs });
}
