import type { Kysely } from 'kysely';

import type { SourceId } from '#kyc/source-id';
import type { IdentityRef } from '#kyc/user';
import { mapInTurns } from '#store/intake/turns';
import { partsOf } from '#store/parts';
import type { Sealers } from '#store/sealing';
import type { Tables } from '#store/tables';

type Erasing = Pick<Sealers, 'erased'>;

/** An identity as one text, to be hashed and sealed. */
export function erasedName({ source, externalId }: IdentityRef): string {
  return `${source}\0${externalId}`;
}

export function identityOfName(name: string): IdentityRef {
  const at = name.indexOf('\0');
  return { source: name.slice(0, at) as SourceId, externalId: name.slice(at + 1) };
}

/** Those of the external ids at one source that were erased. Costs next to nothing while nobody was. */
export async function loadErased(
  database: Kysely<Tables>,
  { erased }: Erasing,
  source: SourceId,
  externalIds: Iterable<string>,
): Promise<ReadonlySet<string>> {
  const any = await database.selectFrom('erasures').select('completed_at').limit(1).executeTakeFirst();
  if (any === undefined) return NOBODY;
  const hashed = await mapInTurns([...new Set(externalIds)], (externalId) => ({
    externalId,
    hashes: erased.hashes(erasedName({ source, externalId })),
  }));
  const found = new Set<string>();
  for (const part of partsOf(hashed)) {
    const rows = await database
      .selectFrom('erasures')
      .select('hash')
      .where(
        'hash',
        'in',
        part.flatMap(({ hashes }) => hashes),
      )
      .execute();
    for (const { hash } of rows) found.add(hexOf(hash));
  }
  const erasedOnes = hashed.filter(({ hashes }) => hashes.some((hash) => found.has(hexOf(hash))));
  return new Set(erasedOnes.map(({ externalId }) => externalId));
}

export const NOBODY: ReadonlySet<string> = new Set();

function hexOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}
