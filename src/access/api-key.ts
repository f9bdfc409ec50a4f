import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

import { addMilliseconds, type Instant, now } from '#kyc/instant';

import type { PrincipalKind } from './principal.ts';

/** What every key begins with, so that scanners of code and logs find it. */
export const API_KEY_MARK = 'kyc_';

const ID_BYTES = 8;
const SECRET_BYTES = 32;
const FORM = /^kyc_([0-9a-f]{16})_([A-Za-z0-9_-]{43})$/;
const DAY_MS = 86_400_000;

/** Whom a key can make. An end user is one person, and shows a token that says which. */
export const apiKeyKinds = ['ANALYST', 'PARTNER', 'OPERATOR'] as const satisfies readonly PrincipalKind[];
export type ApiKeyKind = (typeof apiKeyKinds)[number];

/** Days that a key holds. */
export const API_KEY_DAYS = { preset: 90, most: 400 } as const;

export function isApiKeyKind(text: string): text is ApiKeyKind {
  return apiKeyKinds.some((kind) => kind === text);
}

export function isApiKeyId(text: string): boolean {
  return /^[0-9a-f]{16}$/.test(text);
}

/** A new key: `text` is shown once, the rest is kept. */
export interface MadeApiKey {
  readonly text: string;
  readonly id: string;
  readonly secretHash: Uint8Array;
}

export function makeApiKey(): MadeApiKey {
  const id = randomBytes(ID_BYTES).toString('hex');
  const secret = randomBytes(SECRET_BYTES).toString('base64url');
  return { text: `${API_KEY_MARK}${id}_${secret}`, id, secretHash: hashOf(secret) };
}

export function expiryAfter(days: number, from: Instant = now()): Instant {
  return addMilliseconds(from, days * DAY_MS);
}

/** The parts of a key as it is shown; null for what is none, to the letter. */
export function parseApiKey(text: string): { readonly id: string; readonly secret: string } | null {
  const [, id, secret] = FORM.exec(text) ?? [];
  return id === undefined || secret === undefined ? null : { id, secret };
}

/** Whether this is the secret behind the hash; takes as long for a wrong one as for the right one. */
export function provesSecret(secret: string, hash: Uint8Array): boolean {
  return timingSafeEqual(hashOf(secret), hash);
}

/** The text is hashed, not its bytes: in base64 several texts have the same bytes, and only one is the key. */
function hashOf(secret: string): Uint8Array {
  return new Uint8Array(createHash('sha256').update(secret, 'utf8').digest());
}
