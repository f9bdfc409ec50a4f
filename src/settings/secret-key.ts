const KEY_BYTES = 32;

/** 32 bytes in base64, padded, in the one spelling that they have; null for anything else. */
export function parseSecretKey(text: string): Uint8Array | null {
  const bytes = Buffer.from(text, 'base64');
  return bytes.length === KEY_BYTES && bytes.toString('base64') === text ? new Uint8Array(bytes) : null;
}
