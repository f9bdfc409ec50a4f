import { sql } from 'kysely';

import { decodeId } from '#kyc/id';
import type { Instant } from '#kyc/instant';
import type { StoreContext } from '#store/context';
import { type LinkRefusal } from '#store/store';
import type { Transact } from '#store/transact';

import { findKnown, idsOf } from './import-known.ts';
import { type ImportedPerson, type ImportOutcome, MAX_IMPORTED } from './imported-person.ts';
import { LinkRefusedError } from './join-users.ts';
import { demandList, linkIn } from './link-identities.ts';
import { restorePerson } from './restore-person.ts';

/** Ends the transaction of a dry run: what it did is rolled back, what came of it is told. */
class DryRunOver extends Error {
  override readonly name = 'DryRunOver';
  readonly outcomes: readonly ImportOutcome[];

  constructor(outcomes: readonly ImportOutcome[]) {
    super('A dry run keeps nothing.');
    this.outcomes = outcomes;
  }
}

/** Many people in one transaction, each behind a savepoint: one that is refused changes nothing and stops no other. */
export async function importPeople(
  context: StoreContext,
  people: readonly ImportedPerson[],
  how: { by: string; dryRun: boolean },
): Promise<readonly ImportOutcome[]> {
  if (people.length > MAX_IMPORTED) throw new RangeError(`At most ${MAX_IMPORTED} people at once.`);
  if (people.length === 0) return [];
  const { database, bell, bulk } = context;
  try {
    const { outcomes, appended } = await bulk.run(() =>
      database.write.transaction().execute(async (transaction) => {
        await database.dialect.lockAppends(transaction);
        const result = await importAll(transaction, context, people, how.by);
        if (how.dryRun) throw new DryRunOver(result.outcomes);
        return result;
      }),
    );
    if (appended > 0) bell.ring();
    return outcomes;
  } catch (error) {
    if (error instanceof DryRunOver) return error.outcomes;
    throw error;
  }
}

async function importAll(
  transaction: Transact,
  context: StoreContext,
  people: readonly ImportedPerson[],
  by: string,
): Promise<{ outcomes: readonly ImportOutcome[]; appended: number }> {
  const at = await context.database.now(transaction);
  const refusals = people.map(refusalOf);
  const possible = people.filter((_, index) => refusals[index] === null);
  const isKnown = await findKnown(transaction, context.database.dialect, possible);
  const outcomes: ImportOutcome[] = [];
  let appended = 0;
  for (const [index, person] of people.entries()) {
    const refusal = refusals[index] ?? null;
    if (refusal !== null) outcomes.push({ changed: false, refusal });
    else if (isKnown(person)) outcomes.push({ changed: false, refusal: null });
    else {
      const work = () => importOne(transaction, context, { person, by, at });
      const { told, appended: rows } = await behindSavepoint(transaction, work);
      appended += rows;
      outcomes.push(told);
    }
  }
  return { outcomes, appended };
}

async function behindSavepoint(
  transaction: Transact,
  work: () => Promise<{ changed: boolean; appended: number }>,
): Promise<{ told: ImportOutcome; appended: number }> {
  await sql`savepoint person`.execute(transaction);
  try {
    const { changed, appended } = await work();
    await sql`release savepoint person`.execute(transaction);
    return { told: { changed, refusal: null }, appended };
  } catch (error) {
    if (!(error instanceof LinkRefusedError)) throw error;
    await sql`rollback to savepoint person`.execute(transaction);
    await sql`release savepoint person`.execute(transaction);
    return { told: { changed: false, refusal: error.refusal }, appended: 0 };
  }
}

async function importOne(
  transaction: Transact,
  context: StoreContext,
  { person, by, at }: { person: ImportedPerson; by: string; at: Instant },
): Promise<{ changed: boolean; appended: number }> {
  const { identities, userId, aliases, createdAt } = person;
  if (userId !== null)
    return await restorePerson(transaction, context, { identities, userId, aliases, createdAt, by, at });
  return await linkIn(transaction, context, { refs: identities, by, at });
}

/** Why no store could take this person in; null when one might. */
function refusalOf(person: ImportedPerson): LinkRefusal | null {
  try {
    demandList(person.identities);
  } catch (error) {
    if (!(error instanceof LinkRefusedError)) throw error;
    return error.refusal;
  }
  if (person.userId === null && person.aliases.length > 0)
    return { code: 'INVALID_INPUT', message: 'Aliases stand beside the user id that they became.' };
  return idsOf(person).every((id) => decodeId(id)?.type === 'User')
    ? null
    : { code: 'INVALID_INPUT', message: 'A user id or an alias is no id of a user.' };
}
