import { sql } from 'kysely';

import type { Database } from '#store/database';
import type { Transact } from '#store/transact';

import type { GatewayTable, LeaseTable } from './lease-tables.ts';
import type { Fence, HeldLease, Lease, Leases, LiveGateway } from './leases.ts';

/** A gateway that is gone is forgotten after so long. */
const FORGOTTEN_AFTER_MS = 60_000;

type Writing = Pick<Database, 'leaseWrite' | 'dialect'>;

/** Where there is one gateway only, what the one before it held is free. */
export async function openLeases(database: Writing): Promise<Leases> {
  const areShared = database.dialect.name === 'postgres';
  if (!areShared) await freeAll(database);
  return { areShared, ...createLeases(database) };
}

function createLeases(database: Writing): Omit<Leases, 'areShared'> {
  const { leaseWrite, dialect } = database;
  const now = dialect.nowMs;
  return {
    take: (name, holder, forMs) => take(database, { name, holder, forMs }),
    renew: (gateway, held, forMs) =>
      leaseWrite.transaction().execute(async (transaction) => {
        await saveGateway(transaction, database, gateway, forMs);
        const still = new Set<string>();
        for (const lease of held)
          if (await prolong(transaction, database, lease, forMs)) still.add(lease.name);
        return still;
      }),
    async release(fence) {
      await ownedBy(leaseWrite, fence).set({ until: now }).execute();
    },
    async leave(gateway) {
      await leaseWrite.deleteFrom('gateways').where('id', '=', gateway).execute();
    },
    async want(names) {
      if (names.length === 0) return;
      await leaseWrite.updateTable('leases').set({ wanted_at: now }).where('name', 'in', names).execute();
    },
    async read() {
      const { rows } = await sql<{ at: number }>`select ${now} as at`.execute(leaseWrite);
      const atMs = Number(rows[0]?.at);
      const leases = await leaseWrite.selectFrom('leases').selectAll().execute();
      const gateways = await leaseWrite.selectFrom('gateways').selectAll().where('until', '>', now).execute();
      return { atMs, leases: leases.map(leaseOf), gateways: gateways.map(gatewayOf) };
    },
  };
}

async function freeAll({ leaseWrite }: Writing): Promise<void> {
  await leaseWrite.updateTable('leases').set({ until: 0 }).execute();
  await leaseWrite.deleteFrom('gateways').execute();
}

async function take(
  { leaseWrite, dialect: { nowMs } }: Writing,
  of: { name: string; holder: string; forMs: number },
): Promise<Fence | null> {
  const { name, holder, forMs } = of;
  const row = await leaseWrite
    .insertInto('leases')
    .values({ name, holder, token: 1, until: sql<number>`${nowMs} + ${forMs}` })
    .onConflict((conflict) =>
      conflict
        .column('name')
        .doUpdateSet((eb) => ({
          holder,
          token: eb('leases.token', '+', 1),
          until: eb.ref('excluded.until'),
        }))
        .where((eb) =>
          eb.or([
            eb('leases.until', '<=', nowMs),
            eb('leases.holder', '=', holder),
            // Nobody takes one for so long: the clock was set back since.
            eb('leases.until', '>', sql<number>`${nowMs} + ${2 * forMs}`),
          ]),
        ),
    )
    .returning('token')
    .executeTakeFirst();
  return row === undefined ? null : { name, token: Number(row.token) };
}

async function saveGateway(
  transaction: Transact,
  { dialect: { nowMs } }: Writing,
  { id, worksOn }: LiveGateway,
  forMs: number,
): Promise<void> {
  const until = sql<number>`${nowMs} + ${forMs}`;
  await transaction
    .insertInto('gateways')
    .values({ id, until, works_on: JSON.stringify(worksOn) })
    .onConflict((conflict) =>
      conflict.column('id').doUpdateSet((eb) => ({
        until: eb.ref('excluded.until'),
        works_on: eb.ref('excluded.works_on'),
      })),
    )
    .execute();
  await transaction
    .deleteFrom('gateways')
    .where('until', '<', sql<number>`${nowMs} - ${FORGOTTEN_AFTER_MS}`)
    .execute();
}

/** False when somebody else has taken it. */
async function prolong(
  transaction: Transact,
  { dialect: { nowMs } }: Writing,
  { startedAgoMs, nextInMs, ...fence }: HeldLease,
  forMs: number,
): Promise<boolean> {
  const until = sql<number>`${nowMs} + ${forMs}`;
  const started_at = startedAgoMs === null ? null : sql<number>`${nowMs} - ${Math.round(startedAgoMs)}`;
  const next_at = nextInMs === null ? null : sql<number>`${nowMs} + ${Math.round(nextInMs)}`;
  const { numUpdatedRows } = await ownedBy(transaction, fence)
    .set({ until, next_at, ...(started_at === null ? {} : { started_at }) })
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

function ownedBy(database: Pick<Transact, 'updateTable'>, { name, token }: Fence) {
  return database.updateTable('leases').where('name', '=', name).where('token', '=', token);
}

function leaseOf({ name, holder, until, started_at, next_at, wanted_at }: LeaseTable): Lease {
  return { name, holder, untilMs: until, startedAtMs: started_at, nextAtMs: next_at, wantedAtMs: wanted_at };
}

function gatewayOf({ id, works_on }: GatewayTable): LiveGateway {
  return { id, worksOn: JSON.parse(works_on) as readonly string[] };
}
