import type { Source } from '#sources/source';

/** Which identities of a source are read again and again: at an owner-only one, those whose credential is held. */
export function keptUp({ descriptor, owners }: Source): {
  connectedOnly?: boolean;
  connectedElsewhere?: readonly string[];
} {
  if (descriptor.ask !== 'owner') return {};
  return { connectedOnly: true, connectedElsewhere: owners.map(({ externalId }) => externalId) };
}
