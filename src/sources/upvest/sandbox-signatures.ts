import { createHash, createPublicKey, type KeyObject, verify } from 'node:crypto';

import type { ReceivedCall } from '#sources/sandbox-server';

/** What a `Signature-Input` says: `sig1=("@method" ...);keyid="..."`, its text after the label as signed. */
interface SignatureInput {
  readonly label: string;
  readonly text: string;
  readonly names: readonly string[];
  readonly parameters: ReadonlyMap<string, string>;
}

const INPUT = /^([a-z*][a-z0-9_.*-]*)=(\(((?:"[^"\\]+"(?: (?="))?)*)\)((?:;[a-z]+=(?:\d+|"[^"]*"))*))$/;
const SIGNATURE = /^([a-z*][a-z0-9_.*-]*)=:([A-Za-z0-9+/]+={0,2}):$/;
const CLOCK_TOLERANCE_S = 60;

/**
 * Reads signatures the way Upvest's documents (README, Signed requests) and draft 15 say, from the request as it came
 * over the wire. It shares no code with the side that signs.
 */
export class SandboxSignatures {
  readonly #key: KeyObject;
  readonly #keyId: string;
  readonly #unauthorizedPath: string;
  readonly #nonces = new Set<string>();

  /** `unauthorized`: the path that is asked without a token. */
  constructor(publicKeyPem: string, keyId: string, paths: { unauthorized: string }) {
    this.#key = createPublicKey(publicKeyPem);
    this.#keyId = keyId;
    this.#unauthorizedPath = paths.unauthorized;
  }

  refuses(call: ReceivedCall): boolean {
    const input = readInput(headerOf(call, 'signature-input'));
    const [, label, signature] = SIGNATURE.exec(headerOf(call, 'signature') ?? '') ?? [];
    if (input === null || signature === undefined || label !== input.label) return true;
    if (headerOf(call, 'upvest-signature-version') !== '15') return true;
    const covered = new Set(input.names);
    if (covered.size !== input.names.length || this.#needed(call).some((name) => !covered.has(name)))
      return true;
    const base = baseOf(call, input);
    if (base === null || !this.#verifies(base, Buffer.from(signature, 'base64'))) return true;
    return !hasOwnDigest(call) || !this.#isFresh(input.parameters);
  }

  #needed({ target, bytes, headers }: ReceivedCall): readonly string[] {
    const needed = ['@method', '@path', 'accept', 'upvest-client-id'];
    if (target.includes('?')) needed.push('@query');
    if (target !== this.#unauthorizedPath) needed.push('authorization');
    if (bytes.length > 0) needed.push('content-length', 'content-type', 'content-digest');
    if (headers['idempotency-key'] !== undefined) needed.push('idempotency-key');
    return needed;
  }

  #verifies(base: string, signature: Uint8Array): boolean {
    const hash = this.#key.asymmetricKeyType === 'ed25519' ? null : 'sha512';
    return verify(hash, Buffer.from(base), { key: this.#key, dsaEncoding: 'der' }, signature);
  }

  /** Known key, made now, not expired, and not seen before. */
  #isFresh(parameters: ReadonlyMap<string, string>): boolean {
    const nowS = Date.now() / 1000;
    const created = Number(parameters.get('created') ?? Number.NaN);
    const expires = Number(parameters.get('expires') ?? Number.NaN);
    const nonce = parameters.get('nonce') ?? '';
    if (parameters.get('keyid') !== this.#keyId || nonce === '' || this.#nonces.has(nonce)) return false;
    this.#nonces.add(nonce);
    return Math.abs(nowS - created) <= CLOCK_TOLERANCE_S && nowS <= expires;
  }
}

function readInput(header: string | null): SignatureInput | null {
  const [, label, text, names, parameters] = INPUT.exec(header ?? '') ?? [];
  if (label === undefined || text === undefined) return null;
  const pairs = [...(parameters ?? '').matchAll(/;([a-z]+)=(?:(\d+)|"([^"]*)")/g)];
  return {
    label,
    text,
    names: (names ?? '').split(' ').map((name) => name.slice(1, -1)),
    parameters: new Map(pairs.map(([, name = '', number, word]) => [name, number ?? word ?? ''])),
  };
}

/** The base rebuilt from what came; null where a covered component did not come. */
function baseOf(call: ReceivedCall, { names, text }: SignatureInput): string | null {
  const [path = '', ...query] = call.target.split('?');
  let base = '';
  for (const name of names) {
    const derived: Readonly<Record<string, string>> = {
      '@method': call.method,
      '@path': path,
      '@query': `?${query.join('?')}`,
    };
    const value = name.startsWith('@') ? derived[name] : headerOf(call, name);
    if (value === undefined || value === null) return null;
    base += `"${name}": ${value}\n`;
  }
  return `${base}"@signature-params": ${text}`;
}

/** True when the digest is that of the bytes that came; a request without a body has none. */
function hasOwnDigest(call: ReceivedCall): boolean {
  if (call.bytes.length === 0) return headerOf(call, 'content-digest') === null;
  const digest = createHash('sha512').update(call.bytes).digest('base64');
  return headerOf(call, 'content-digest') === `sha-512=:${digest}:`;
}

function headerOf({ headers }: ReceivedCall, name: string): string | null {
  const value = headers[name];
  return typeof value === 'string' ? value : null;
}
