import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { exportJWK, generateKeyPair, SignJWT } from 'jose';

import { scopes } from '#access/scope';

const ISSUER = { AUTH_ISSUER: 'https://issuer.example', AUTH_AUDIENCE: 'kyc' };

/** A caller as a token says it. */
export interface Caller {
  readonly sub: string;
  readonly kind: 'end_user' | 'analyst' | 'partner' | 'operator';
  readonly scope: string;
  readonly user?: string;
}

export interface Issuer {
  /** What makes a gateway trust it. */
  readonly settings: Readonly<Record<string, string>>;
  tokenOf(caller: Caller): Promise<string>;
}

/** An issuer of tokens whose public key stands in a file of this folder. */
export async function createIssuer(folder: string): Promise<Issuer> {
  const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true });
  const file = join(folder, 'issuer.jwks.json');
  writeFileSync(
    file,
    JSON.stringify({ keys: [{ ...(await exportJWK(publicKey)), kid: 'one', alg: 'ES256' }] }),
  );
  return {
    settings: { ...ISSUER, AUTH_JWKS_FILE: file },
    tokenOf: (caller) =>
      new SignJWT({ ...caller })
        .setProtectedHeader({ alg: 'ES256', kid: 'one' })
        .setIssuer(ISSUER.AUTH_ISSUER)
        .setAudience(ISSUER.AUTH_AUDIENCE)
        .setExpirationTime('1h')
        .sign(privateKey),
  };
}

export const EVERY_SCOPE = scopes.join(' ');

/** Who asks in a column of the matrix; an end user is the user asked about. Null: who asks nothing of who they are. */
export const CALLERS: Readonly<Record<string, (user: string) => Caller>> = {
  own: (user) => ({ sub: 'own', kind: 'end_user', scope: 'kyc:status', user }),
  'own+': (user) => ({ sub: 'own+', kind: 'end_user', scope: EVERY_SCOPE, user }),
  analyst: () => ({ sub: 'analyst', kind: 'analyst', scope: 'kyc:status' }),
  'analyst+': () => ({ sub: 'analyst+', kind: 'analyst', scope: EVERY_SCOPE }),
  revealed: () => ({ sub: 'revealed', kind: 'analyst', scope: 'kyc:status kyc:pii' }),
  partner: () => ({ sub: 'partner', kind: 'partner', scope: 'kyc:status' }),
  'partner+': () => ({ sub: 'partner+', kind: 'partner', scope: EVERY_SCOPE }),
  'operator+': () => ({ sub: 'operator+', kind: 'operator', scope: EVERY_SCOPE }),
  'operator+ revealed': () => ({ sub: 'operator+ revealed', kind: 'operator', scope: EVERY_SCOPE }),
};
/** The column of who reads all in clear, beside whom the others are looked at. */
export const WHOLE = 'operator+ revealed';
