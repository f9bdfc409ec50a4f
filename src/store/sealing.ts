import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  createSecretKey,
  hkdfSync,
  type KeyObject,
  randomBytes,
} from 'node:crypto';

/** Of one text, with each key of the ring: the present key's first. */
export type Hashes = readonly [Uint8Array, ...Uint8Array[]];

/** Seals text under one purpose: what was sealed under one is neither readable nor acceptable under another. */
export interface Sealer {
  /** What every value sealed with the present key begins with, and no other: format (1), key id (4). */
  readonly head: Uint8Array;
  /** The same of every hash made with the present key. */
  readonly hashHead: Uint8Array;
  /**
   * AES-256-GCM with the present key. The bytes are: head (5), nonce (12), tag (16), ciphertext. `context` (the id of
   * the row, say) is not stored, but must be the same to open: a sealed value moved to another row does not open there.
   */
  seal(text: string, context?: string): Uint8Array;
  /** With whichever key of the ring it was sealed. @throws SealBrokenError for altered or foreign bytes. */
  open(sealed: Uint8Array, context?: string): string;
  /** Keyed hash with the present key, to find equal values without storing them: format (1), key id (4), HMAC-SHA256 (32). */
  hash(text: string): Uint8Array;
  /** The same with every key of the ring, the present one first: what was stored before a change of key is found too. */
  hashes(text: string): Hashes;
}

/** Sealed bytes that do not open: altered, moved, or sealed with another key. Says nothing of their content. */
export class SealBrokenError extends Error {
  override readonly name = 'SealBrokenError';
  /** UNKNOWN_KEY: with the key that it names it might open. BROKEN: with no key. */
  readonly because: 'UNKNOWN_KEY' | 'BROKEN';

  constructor(message: string, because: SealBrokenError['because'] = 'BROKEN') {
    super(message);
    this.because = because;
  }
}

const SEALED_FORMAT = 1;
const HASHED_FORMAT = 2;
const KEY_ID_BYTES = 4;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const NONCE_AT = 1 + KEY_ID_BYTES;
const TAG_AT = NONCE_AT + NONCE_BYTES;
const TEXT_AT = TAG_AT + TAG_BYTES;

/** One key of the ring, for one purpose. */
interface Key {
  /** What its sealed values begin with. */
  readonly head: Buffer;
  /** What its hashes begin with. */
  readonly hashHead: Buffer;
  readonly seal: KeyObject;
  readonly hash: KeyObject;
}

/**
 * @param secretKey 32 bytes (KYC_SECRET_KEY). Subkeys are derived by HKDF-SHA256, one per purpose and use.
 * @param oldKeys 32 bytes each (KYC_SECRET_KEYS): they open and find what was sealed and hashed with them, and seal nothing
 * @throws TypeError for a key of another length
 */
export function createSealer(
  secretKey: Uint8Array,
  purpose: string,
  oldKeys: readonly Uint8Array[] = [],
): Sealer {
  const present = deriveKey(secretKey, purpose);
  const older = oldKeys.map((key) => deriveKey(key, purpose));
  const ring = [present, ...older];
  const nextNonce = createNonces();
  const boundTo = ({ head }: Key, context: string) =>
    Buffer.concat([head, Buffer.from(`${purpose}\0${context}`, 'utf8')]);

  return {
    head: new Uint8Array(present.head),
    hashHead: new Uint8Array(present.hashHead),
    seal(text, context = '') {
      const nonce = nextNonce();
      const cipher = createCipheriv('aes-256-gcm', present.seal, nonce).setAAD(boundTo(present, context));
      const sealed = cipher.update(text, 'utf8');
      // Of a counter mode nothing is left for the end, which makes the tag.
      cipher.final();
      return joined([present.head, nonce, cipher.getAuthTag(), sealed]);
    },
    open(sealed, context = '') {
      const key = ring.find(({ head }) => beginsWith(sealed, head));
      if (key === undefined)
        throw new SealBrokenError('A sealed value was sealed with another key.', 'UNKNOWN_KEY');
      if (sealed.length < TEXT_AT) throw new SealBrokenError('A sealed value was cut off.');
      try {
        const decipher = createDecipheriv('aes-256-gcm', key.seal, sealed.subarray(NONCE_AT, TAG_AT), {
          authTagLength: TAG_BYTES,
        });
        decipher.setAAD(boundTo(key, context)).setAuthTag(sealed.subarray(TAG_AT, TEXT_AT));
        return decipher.update(sealed.subarray(TEXT_AT), undefined, 'utf8') + decipher.final('utf8');
      } catch {
        throw new SealBrokenError('A sealed value was altered or belongs elsewhere.');
      }
    },
    hash: (text) => hashWith(present, text),
    hashes: (text) => [hashWith(present, text), ...older.map((key) => hashWith(key, text))],
  };
}

function deriveKey(secretKey: Uint8Array, purpose: string): Key {
  if (secretKey.length !== 32) throw new TypeError('A secret key must be 32 bytes long.');
  const id = subkey(secretKey, 'key-id', KEY_ID_BYTES);
  return {
    head: Buffer.concat([Buffer.from([SEALED_FORMAT]), id]),
    hashHead: Buffer.concat([Buffer.from([HASHED_FORMAT]), id]),
    seal: createSecretKey(subkey(secretKey, `seal:${purpose}`, 32)),
    hash: createSecretKey(subkey(secretKey, `hash:${purpose}`, 32)),
  };
}

function hashWith({ hashHead, hash }: Key, text: string): Uint8Array {
  const digest = createHmac('sha256', hash).update(text, 'utf8').digest();
  return joined([hashHead, digest]);
}

/** In memory of its own: a view of a shared pool would take the pool along to another thread. */
function joined(parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

/** Key ids are no secret: they stand in front of everything. */
export function beginsWith(bytes: Uint8Array, head: Uint8Array): boolean {
  return Buffer.compare(bytes.subarray(0, head.length), head) === 0;
}

/** True when the stored hash is one of these. */
export function isOneOf(stored: Uint8Array, hashes: readonly Uint8Array[]): boolean {
  return hashes.some((hash) => Buffer.compare(stored, hash) === 0);
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
  /** Seals and hashes who stands behind a credential. */
  readonly owner: Sealer;
  /** Hashes personal values by which users are searched. */
  readonly search: Sealer;
  /** Seals and hashes which identities were erased. */
  readonly erased: Sealer;
  /** Seals and hashes what sources told by webhooks. Context: the source. */
  readonly event: Sealer;
  /** Hashes the rows of the audit. */
  readonly audit: Sealer;
  /** Seals what the key of the whole store is known by. */
  readonly keyCheck: Sealer;
}

/** @param oldKeys as of `createSealer` */
export function createSealers(secretKey: Uint8Array, oldKeys: readonly Uint8Array[] = []): Sealers {
  const sealer = (purpose: string) => createSealer(secretKey, purpose, oldKeys);
  return {
    personal: sealer('personal'),
    raw: sealer('raw'),
    credential: sealer('credential'),
    content: sealer('content'),
    owner: sealer('owner'),
    search: sealer('search'),
    erased: sealer('erased'),
    event: sealer('webhook-event'),
    audit: sealer('audit'),
    keyCheck: sealer('key-check'),
  };
}
