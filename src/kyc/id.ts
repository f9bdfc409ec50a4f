import type { SourceId } from './source-id.ts';
import type { VerificationKind } from './verification-core.ts';

/** The GraphQL types that `node(id)` can find. */
export const nodeTypes = [
  'KycRecord',
  'Check',
  'IdvApplication',
  'User',
  'AuditEntry',
  'StatusChange',
  'UserKycChange',
  'PutAsideEvent',
] as const;
export type NodeType = (typeof nodeTypes)[number];
type VerificationType = 'KycRecord' | 'Check' | 'IdvApplication';
/** Found by a key of the store's own. */
type KeyedType = Exclude<NodeType, VerificationType>;

export const nodeTypeOfKind: Readonly<Record<VerificationKind, VerificationType>> = {
  KYC_RECORD: 'KycRecord',
  CHECK: 'Check',
  IDV_APPLICATION: 'IdvApplication',
};

/** Enough for an external id of 200 characters in any script. */
const MAX_ID_LENGTH = 1200;
const SOURCE_WORD = /^[A-Z][A-Z0-9]*$/;

/** The public id of a verification: from kind, source and external id alone, so that it survives a rebuilt store. */
export function verificationId(kind: VerificationKind, source: SourceId, externalId: string): string {
  return encode(`${nodeTypeOfKind[kind]}:${source}:${externalId}`);
}

/** The public id of a user. `key` is what the store made for its founding identity, or recorded for one split off. */
export function userId(key: string): string {
  return encode(`User:${key}`);
}

/** The public id of an entry of the audit. `key` is its id in the store. */
export function auditEntryId(key: string): string {
  return encode(`AuditEntry:${key}`);
}

/** The public id of an event that was put aside. `key` is its id in the store. */
export function putAsideEventId(key: string): string {
  return encode(`PutAsideEvent:${key}`);
}

/** The public id of a row of the change log: of one log, which another epoch tells apart from its successors. */
export function changeId(
  type: 'StatusChange' | 'UserKycChange',
  { epoch, position }: { readonly epoch: string; readonly position: number },
): string {
  return encode(`${type}:${epoch}.${position}`);
}

/** Where a row of the change log stands, by the key of its id; null for a key of another log, or none. */
export function positionOfChange(key: string, epoch: string): number | null {
  const position = key.startsWith(`${epoch}.`) ? key.slice(epoch.length + 1) : '';
  return /^[1-9]\d{0,14}$/.test(position) ? Number(position) : null;
}

/** What a public id says; null for anything that is no id of this gateway. */
export type DecodedId =
  | { readonly type: KeyedType; readonly key: string }
  | { readonly type: VerificationType; readonly source: string; readonly externalId: string };

/** Reads a public id; null for rubbish, another spelling of an id, or an unknown type. */
export function decodeId(id: string): DecodedId | null {
  if (id.length > MAX_ID_LENGTH || !/^[A-Za-z0-9_-]+$/.test(id)) return null;
  const text = Buffer.from(id, 'base64url').toString('utf8');
  // Bytes that are no UTF-8 do not come back the same. No source's id holds a NUL, and PostgreSQL refuses it.
  if (encode(text) !== id || text.includes('\u0000')) return null;
  const [type, rest] = splitOnce(text);
  if (isKeyedType(type)) return rest === '' ? null : { type, key: rest };
  const [source, externalId] = splitOnce(rest);
  if (externalId === '' || !SOURCE_WORD.test(source) || !isVerificationType(type)) return null;
  return { type, source, externalId };
}

function isKeyedType(type: string): type is KeyedType {
  return nodeTypes.some((known) => known === type) && !isVerificationType(type);
}

function isVerificationType(type: string): type is VerificationType {
  return Object.values(nodeTypeOfKind).some((known) => known === type);
}

function splitOnce(text: string): [string, string] {
  const at = text.indexOf(':');
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)];
}

function encode(text: string): string {
  return Buffer.from(text, 'utf8').toString('base64url');
}
