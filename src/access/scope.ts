/** What a caller may do beyond seeing that it is somebody (design: settings, access). */
export const scopes = [
  'kyc:status',
  'kyc:pii',
  'kyc:raw',
  'kyc:write',
  'kyc:link',
  'kyc:audit',
  'kyc:operate',
] as const;
export type Scope = (typeof scopes)[number];

/** The scopes that a space-separated list names; words that are none are passed over, so that issuers may know more. */
export function parseScopes(text: string): readonly Scope[] {
  const named = new Set(text.split(' '));
  return scopes.filter((scope) => named.has(scope));
}
