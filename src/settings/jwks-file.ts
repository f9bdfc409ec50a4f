import { createPublicKey } from 'node:crypto';
import { readFileSync } from 'node:fs';

import type { JSONWebKeySet, JWK } from 'jose';
import { z } from 'zod';

const MIN_RSA_BITS = 2048;
/** Parameters of private and symmetric keys (RFC 7518, section 6; RFC 8037). */
const SECRET_PARAMETERS = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k'];
const CURVES: Readonly<Record<string, readonly string[]>> = {
  EC: ['P-256', 'P-384', 'P-521'],
  OKP: ['Ed25519'],
};

const keySet = z.object({ keys: z.array(z.looseObject({ kty: z.string() })).min(1) });

export type JwksRead =
  | { readonly keys: JSONWebKeySet; readonly fault: null }
  | { readonly keys: null; readonly fault: string };

/** The keys of an issuer from a file: public ones of the kinds that sign, and nothing else. A fault repeats nothing of it. */
export function readJwksFile(path: string): JwksRead {
  const text = readIfPossible(path);
  if (text === null) return faulty('cannot be read.');
  const read = keySet.safeParse(parsed(text));
  if (!read.success) return faulty('holds no JSON Web Key Set ({"keys": [...]}).');
  const { keys } = read.data;
  if (keys.some((key) => key.kty === 'oct' || SECRET_PARAMETERS.some((name) => name in key)))
    return faulty(
      'holds a private or symmetric key: give the public ones alone, and take that one for known.',
    );
  const at = keys.findIndex((key) => !canVerify(key));
  if (at >= 0)
    return faulty(
      `holds a key (number ${at + 1}) that is none of RSA of ${MIN_RSA_BITS} bits or more, P-256, P-384, P-521 and Ed25519.`,
    );
  return { keys: { keys }, fault: null };
}

function faulty(fault: string): JwksRead {
  return { keys: null, fault };
}

function readIfPossible(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function canVerify(key: JWK): boolean {
  try {
    const { asymmetricKeyDetails: details } = createPublicKey({ format: 'jwk', key: { ...key } });
    if (key.kty === 'RSA') return (details?.modulusLength ?? 0) >= MIN_RSA_BITS;
    return CURVES[key.kty ?? '']?.includes(key.crv ?? '') === true;
  } catch {
    return false;
  }
}
