import type { KeyObject } from 'node:crypto';

import { createRequestSigner, type RequestSigner } from '#upstream/sign-request';

import { signWith } from './signing-key.ts';

/** The key that signs requests, and the id by which Upvest knows it. */
export interface UpvestSigning {
  readonly key: KeyObject;
  readonly keyId: string;
}

/** Upvest's own list and order (README, Signed requests). */
const SIGNED_HEADERS = [
  'accept',
  'authorization',
  'content-length',
  'content-type',
  'content-digest',
  'idempotency-key',
  'upvest-client-id',
];
/** Without it Upvest reads a signature by an older draft. Never signed itself. */
const VERSION = { 'upvest-signature-version': '15' };
/** As Upvest's own signing proxy has it. */
const LIFETIME_S = 60;

/** Signs requests as Upvest reads them: the last step before sending, at every attempt. */
export function createSigner({ key, keyId }: UpvestSigning): RequestSigner {
  const signRequest = createRequestSigner({
    label: 'sig1',
    keyId,
    sign: (data) => signWith(key, data),
    headers: SIGNED_HEADERS,
    lifetimeS: LIFETIME_S,
  });
  return (request) => signRequest({ ...request, headers: { ...request.headers, ...VERSION } });
}
