import type { TestDatabase } from './postgres-databases.ts';

/** What the server does at each row that is written. A transaction that was made to only read is told so by the server. */
const FAULTS = {
  DISK_FULL: "raise exception 'no space' using errcode = 'disk_full'; return null;",
  READ_ONLY:
    "perform set_config('transaction_read_only', 'on', true); delete from meta where false; return null;",
} as const;

/** Makes the server refuse every write to the store with its own error, as from now. @returns how it is over */
export async function refuseWrites(
  database: TestDatabase,
  fault: keyof typeof FAULTS,
): Promise<() => Promise<void>> {
  await database.run(
    `create function refuse_write() returns trigger language plpgsql as $$ begin ${FAULTS[fault]} end $$`,
  );
  await database.run(
    onAllTables(
      'create trigger refuse_write before insert or update or delete on %I execute function refuse_write()',
    ),
  );
  return async () => void (await database.run('drop function refuse_write cascade'));
}

function onAllTables(statement: string): string {
  return `do $do$ declare name text; begin
    for name in select tablename from pg_tables where schemaname = 'public' and tablename not like 'kysely%' loop
      execute format('${statement}', name);
    end loop;
  end $do$`;
}
