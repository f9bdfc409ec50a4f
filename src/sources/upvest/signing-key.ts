import { createPrivateKey, type KeyObject, sign } from 'node:crypto';
import { promisify } from 'node:util';

const CURVES = ['prime256v1', 'secp384r1', 'secp521r1'];
const signData = promisify(sign);

/** The private key of a PEM file (PKCS #8 or SEC 1), or why it cannot sign, in words that show nothing of it. */
export function readSigningKey(pem: string): KeyObject | string {
  if (/ENCRYPTED/.test(pem)) {
    return 'holds an encrypted key: write it decrypted (openssl pkey -in KEY -out FILE) and protect the file.';
  }
  const key = parse(pem);
  if (key === null) return 'holds no private key in PEM (PKCS #8 or SEC 1).';
  const { asymmetricKeyType: type, asymmetricKeyDetails: details } = key;
  const canSign = type === 'ed25519' || (type === 'ec' && CURVES.includes(details?.namedCurve ?? ''));
  return canSign ? key : 'holds a key of another kind: Ed25519 or ECDSA (P-521, P-384, P-256) is needed.';
}

function parse(pem: string): KeyObject | null {
  try {
    return createPrivateKey({ key: pem, format: 'pem' });
  } catch {
    return null;
  }
}

/**
 * Ed25519 as it is; ECDSA over SHA-512 on whatever curve, in DER (README, Signed requests). Off the event loop: P-521
 * takes a millisecond or two.
 */
export function signWith(key: KeyObject, data: Uint8Array): Promise<Uint8Array> {
  if (key.asymmetricKeyType === 'ed25519') return signData(null, data, key);
  return signData('sha512', data, { key, dsaEncoding: 'der' });
}
