/**
 * HTTP message signatures after draft-ietf-httpbis-message-signatures-15, as far as requests with plain headers need
 * them. RFC 9421 says the same of all that stands here.
 */

/** What is signed of a message: a derived component (`@method`) or a header by its name in lower case, with its value. */
export type SignedComponent = readonly [name: string, value: string];

/** The signature's own parameters in the order in which they are sent; a text is quoted, a number (seconds) is not. */
export type SignatureParameters = Readonly<Record<string, string | number>>;

/** What is signed (2.5), and the same parameters as `Signature-Input` carries them. */
export interface SignatureBase {
  readonly text: string;
  readonly parameters: string;
}

export function signatureBase(
  components: readonly SignedComponent[],
  parameters: SignatureParameters,
): SignatureBase {
  const names = components.map(([name]) => quoted(name)).join(' ');
  const own = Object.entries(parameters).map(
    ([name, value]) => `;${name}=${typeof value === 'number' ? value.toFixed(0) : quoted(value)}`,
  );
  const input = `(${names})${own.join('')}`;
  const lines = components.map(([name, value]) => `${quoted(name)}: ${value.trim()}`);
  return { text: [...lines, `"@signature-params": ${input}`].join('\n'), parameters: input };
}

/** The two headers that carry a signature (4.1, 4.2). */
export function signatureHeaders(
  label: string,
  { parameters }: SignatureBase,
  signature: Uint8Array,
): { readonly 'signature-input': string; readonly signature: string } {
  return {
    'signature-input': `${label}=${parameters}`,
    signature: `${label}=:${Buffer.from(signature).toString('base64')}:`,
  };
}

/** A string of structured fields (RFC 8941, 3.3.3). @throws RangeError for what it cannot hold */
function quoted(text: string): string {
  if (!/^[\x20-\x7e]*$/.test(text)) throw new RangeError('A structured field holds printable ASCII alone.');
  return `"${text.replaceAll(/["\\]/g, '\\$&')}"`;
}
