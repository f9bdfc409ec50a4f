import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  createSecretKey,
  hkdfSync,
  randomBytes,
  timingSafeEqual,
} from 'node:crypto';

/** Seals text under one purpose: what was sealed under one is neither readable nor acceptable under another. */
export interface Sealer {
  /**
   * AES-256-GCM. The bytes are: format (1), key id (4), nonce (12), tag (16), ciphertext. `context` (the id of the row,
   * say) is not stored, but must be the same to open: a sealed value moved to another row does not open there.
   */
  seal(text: string, context?: string): Uint8Array;
  /** @throws SealBrokenError for altered or foreign bytes. */
  open(sealed: Uint8Array, context?: string): string;
  /** Keyed hash (HMAC-SHA256, a subkey of its own), to find equal values without storing them. */
  hash(text: string): Uint8Array;
}

/** Sealed bytes that do not open: altered, moved, or sealed with another key. Says nothing of their content. */
export class SealBrokenError extends Error {
  override readonly name = 'SealBrokenError';
}

const FORMAT = 1;
const KEY_ID_BYTES = 4;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const NONCE_AT = 1 + KEY_ID_BYTES;
const TAG_AT = NONCE_AT + NONCE_BYTES;
const TEXT_AT = TAG_AT + TAG_BYTES;

/**
 * @param secretKey 32 bytes (KYC_SECRET_KEY). Subkeys are derived by HKDF-SHA256, one per purpose and use.
 * @throws TypeError for a key of another length
 */
export function createSealer(secretKey: Uint8Array, purpose: string): Sealer {
  if (secretKey.length !== 32) throw new TypeError('The secret key must be 32 bytes long.');
  const sealKey = createSecretKey(subkey(secretKey, `seal:${purpose}`, 32));
  const hashKey = createSecretKey(subkey(secretKey, `hash:${purpose}`, 32));
  const nextNonce = createNonces();
  const head = Buffer.concat([Buffer.from([FORMAT]), subkey(secretKey, 'key-id', KEY_ID_BYTES)]);
  const boundTo = (context: string) => Buffer.concat([head, Buffer.from(`${purpose}\0${context}`, 'utf8')]);

  return {
    seal(text, context = '') {
      const nonce = nextNonce();
      const cipher = createCipheriv('aes-256-gcm', sealKey, nonce).setAAD(boundTo(context));
      const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
      return new Uint8Array(Buffer.concat([head, nonce, cipher.getAuthTag(), sealed]));
    },
    open(sealed, context = '') {
      if (sealed.length < TEXT_AT || !timingSafeEqual(sealed.subarray(0, NONCE_AT), head)) {
        throw new SealBrokenError('A sealed value was sealed with another key or is no sealed value.');
      }
      try {
        const decipher = createDecipheriv('aes-256-gcm', sealKey, sealed.subarray(NONCE_AT, TAG_AT), {
          authTagLength: TAG_BYTES,
        });
        decipher.setAAD(boundTo(context)).setAuthTag(sealed.subarray(TAG_AT, TEXT_AT));
        return decipher.update(sealed.subarray(TEXT_AT), undefined, 'utf8') + decipher.final('utf8');
      } catch {
        throw new SealBrokenError('A sealed value was altered or belongs elsewhere.');
      }
    },
    hash: (text) => new Uint8Array(createHmac('sha256', hashKey).update(text, 'utf8').digest()),
  };
}

/** Random nonces, drawn from the system many at a time: each is handed out once. */
function createNonces(): () => Buffer {
  let pool = Buffer.alloc(0);
  let used = 0;
  return () => {
    if (used === pool.length) {
      pool = randomBytes(NONCE_BYTES * 512);
      used = 0;
    }
    used += NONCE_BYTES;
    return pool.subarray(used - NONCE_BYTES, used);
  };
}

function subkey(secretKey: Uint8Array, use: string, bytes: number): Buffer {
  return Buffer.from(hkdfSync('sha256', secretKey, new Uint8Array(0), `kyc-gateway:${use}`, bytes));
}

/** The sealers of the store's own columns. Contexts: the verification's public id; `source NUL externalId` of an identity. */
export interface Sealers {
  readonly personal: Sealer;
  readonly raw: Sealer;
  readonly credential: Sealer;
  /** Hashes a record as read, to tell an unchanged one. */
  readonly content: Sealer;
  /** Hashes who stands behind a credential. */
  readonly owner: Sealer;
}

export function createSealers(secretKey: Uint8Array): Sealers {
  return {
    personal: createSealer(secretKey, 'personal'),
    raw: createSealer(secretKey, 'raw'),
    credential: createSealer(secretKey, 'credential'),
    content: createSealer(secretKey, 'content'),
    owner: createSealer(secretKey, 'owner'),
  };
}
