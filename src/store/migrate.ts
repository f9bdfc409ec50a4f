import type { Kysely } from 'kysely';
import { type Migration, Migrator } from 'kysely/migration';

import * as tables from '#store/migrations/0001-tables';
import * as pagingIndexes from '#store/migrations/0002-paging-indexes';
import * as statistics from '#store/migrations/0003-statistics';
import * as apiKeys from '#store/migrations/0004-api-keys';
import * as heldBack from '#store/migrations/0005-held-back';
import * as grants from '#store/migrations/0006-grants';
import * as audit from '#store/migrations/0007-audit';
import * as personalHashes from '#store/migrations/0008-personal-hashes';
import * as rates from '#store/migrations/0009-rates';
import * as counts from '#store/migrations/0010-counts';
import * as webhookEvents from '#store/migrations/0011-webhook-events';
import * as revealsSayWhy from '#store/migrations/0012-reveals-say-why';
import * as leases from '#store/migrations/0013-leases';

import type { Dialect } from './dialect.ts';
import type { Tables } from './tables.ts';

/** One step of the tables, the same on both dialects. Never edited once released: later steps follow it. */
export interface Step {
  up(database: Kysely<unknown>, dialect: Dialect): Promise<void>;
}

const steps: Readonly<Record<string, Step>> = {
  '0001-tables': tables,
  '0002-paging-indexes': pagingIndexes,
  '0003-statistics': statistics,
  '0004-api-keys': apiKeys,
  '0005-held-back': heldBack,
  '0006-grants': grants,
  '0007-audit': audit,
  '0008-personal-hashes': personalHashes,
  '0009-rates': rates,
  '0010-counts': counts,
  '0011-webhook-events': webhookEvents,
  '0012-reveals-say-why': revealsSayWhy,
  '0013-leases': leases,
};

/** Brings the tables up to date, all steps in one transaction. @throws when a step fails, or the store is newer than this build */
export async function migrate(write: Kysely<Tables>, dialect: Dialect): Promise<void> {
  const migrations = Object.fromEntries(
    Object.entries(steps).map(([name, step]): [string, Migration] => [
      name,
      { up: (database) => step.up(database, dialect) },
    ]),
  );
  const migrator = new Migrator({
    db: write,
    provider: { getMigrations: () => Promise.resolve(migrations) },
  });
  const { error } = await migrator.migrateToLatest();
  if (error === undefined) return;
  throw error instanceof Error ? error : new Error('The tables could not be brought up to date.');
}
