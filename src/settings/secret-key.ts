const KEY_BYTES = 32;

/** 32 bytes in base64, padded, in the one spelling that they have; null for anything else. */
export function parseSecretKey(text: string): Uint8Array | null {
  const bytes = Buffer.from(text, 'base64');
  return bytes.length === KEY_BYTES && bytes.toString('base64') === text ? new Uint8Array(bytes) : null;
}

/** Several, separated by commas or spaces; null where one is none. */
export function parseSecretKeys(text: string): readonly Uint8Array[] | null {
  const keys = text
    .split(/[\s,]+/)
    .filter((word) => word !== '')
    .map(parseSecretKey);
  return keys.every((key) => key !== null) ? keys : null;
}

/** Adds a line to `faults` where old keys stand alone: it must be said which key seals. */
export function oldKeyFaults({
  KYC_SECRET_KEY: present,
  KYC_SECRET_KEYS: old,
}: Readonly<Record<string, string | undefined>>): readonly string[] {
  if (old === undefined || present !== undefined) return [];
  return ['KYC_SECRET_KEYS lists old keys: KYC_SECRET_KEY must say the present one.'];
}
