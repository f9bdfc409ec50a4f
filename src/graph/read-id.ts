import type { GraphQLResolveInfo } from 'graphql';

import { type DecodedId, decodeId, nodeTypeOfKind } from '#kyc/id';

import { kindOfSource } from './source-values.ts';

/** What a public id names; null when it can name nothing here, so that nothing is asked for it. */
export function readId(
  id: string,
  info: GraphQLResolveInfo,
): Extract<DecodedId, { key: string }>['type'] | 'Verification' | null {
  const decoded = decodeId(id);
  if (decoded === null) return null;
  if (!('source' in decoded)) return decoded.type;
  const kind = kindOfSource(info.schema, decoded.source);
  return kind !== null && nodeTypeOfKind[kind] === decoded.type ? 'Verification' : null;
}
