import { type Answer, type Contribution, type RollUpPolicy } from '#kyc/answer';
import type { UserChangeCause } from '#kyc/change';
import { contributionsOf } from '#kyc/contribution';
import { type Day, dayOf, type Instant } from '#kyc/instant';
import type { KnownVerification } from '#kyc/known-verification';
import { rollUp } from '#kyc/roll-up';
import type { SourceId } from '#kyc/source-id';
import type { IdentityRef } from '#kyc/user';
import type { StoreContext } from '#store/context';
import { insertRows, type RowsInto } from '#store/insert-rows';
import { partsOf } from '#store/parts';
import { OPEN_COLUMNS } from '#store/reads/open-columns';
import { knownOfRow, toFlag } from '#store/reads/row-to-known';
import { inLock } from '#store/scans/in-lock';
import type { UserTable } from '#store/tables';
import type { Transact } from '#store/transact';

import { appendChanges, type ChangeDraft } from './log.ts';

/** Whose answers are to be computed anew, and what each is told to have moved by. */
export interface AnswerMove {
  readonly causes: ReadonlyMap<string, UserChangeCause>;
  readonly at: Instant;
  /** The day to judge by; the day of `at` when absent. */
  readonly today?: Day;
  /** When users who are made here were first made, in another store. */
  readonly createdAt?: ReadonlyMap<string, Instant>;
}

/**
 * Computes the answers of these users anew, in the transaction that moved what they rest on: stores what differs and
 * appends one row of the log per user whose status, reason, next action or deciding record differs. An id without a
 * user is a new user: made here, with one row from null. The transaction must hold the append lock.
 * @returns how many rows of the log were appended
 */
export async function moveAnswers(
  transaction: Transact,
  context: Pick<StoreContext, 'policy' | 'sealers'>,
  move: AnswerMove,
): Promise<number> {
  const today = move.today ?? dayOf(move.at);
  const rows: UserTable[] = [];
  const drafts: ChangeDraft[] = [];
  for (const causes of partsOf([...move.causes], USERS_AT_ONCE)) {
    const userIds = causes.map(([id]) => id);
    const held = await loadUsers(transaction, userIds);
    const contributions = await loadContributions(transaction, context, userIds);
    for (const [id, cause] of causes) {
      const before = held.get(id) ?? null;
      const answer = rollUp(contributions.get(id) ?? [], context.policy, today);
      const createdAt = before?.created_at ?? move.createdAt?.get(id) ?? move.at;
      const after = rowOfAnswer({ id, answer, before, createdAt });
      if (before === null || tellsOther(before, after)) {
        after.kyc_sequence += 1;
        drafts.push(draftOf(after, before, { cause, at: move.at }));
      }
      if (before === null || differs(before, after)) rows.push(after);
    }
  }
  if (rows.length === 0) return 0;
  await insertRows(transaction, INTO_USERS, rows);
  await appendChanges(transaction, drafts);
  return drafts.length;
}

async function loadUsers(transaction: Transact, ids: readonly string[]): Promise<Map<string, UserTable>> {
  const rows = await transaction.selectFrom('users').selectAll().where('id', 'in', ids).execute();
  return new Map(rows.map((row) => [row.id, row]));
}

/** A record with many entities comes once for each of its users: so few at a time that this stays small. */
const USERS_AT_ONCE = 200;

/** All that counts for any identity of each user, in one read. */
async function loadContributions(
  transaction: Transact,
  { sealers }: Pick<StoreContext, 'sealers'>,
  userIds: readonly string[],
): Promise<Map<string, Contribution[]>> {
  const rows = await transaction
    .selectFrom('identities as i')
    .innerJoin('subjects as s', (join) =>
      join.onRef('s.source', '=', 'i.source').onRef('s.external_user_id', '=', 'i.external_id'),
    )
    .innerJoin('verifications as v', 'v.id', 's.verification_id')
    .select(OPEN_COLUMNS.map((column) => `v.${column}` as const))
    .select(['i.user_id as user_id', 'i.external_id as identity'])
    .where('i.user_id', 'in', userIds)
    .execute();
  const byUser = new Map(userIds.map((id): [string, Contribution[]] => [id, []]));
  const records = new Map<string, KnownVerification>();
  for (const { identity, ...row } of rows) {
    const ref: IdentityRef = { source: row.source as SourceId, externalId: identity };
    const known = records.get(row.id) ?? knownOfRow({ ...row, personal: null }, sealers);
    records.set(row.id, known);
    byUser.get(row.user_id)?.push(...contributionsOf(known, [ref]));
  }
  return byUser;
}

function rowOfAnswer(of: {
  id: string;
  answer: Answer;
  before: UserTable | null;
  createdAt: string;
}): UserTable {
  const { answer } = of;
  return {
    id: of.id,
    created_at: of.createdAt,
    policy: answer.policy,
    status: answer.status,
    reason: answer.reason,
    because_id: answer.becauseId,
    next_action: answer.nextAction,
    can_retry: toFlag(answer.canRetry),
    contributor_ids: JSON.stringify(answer.contributorIds),
    conflicting: answer.conflicting ? 1 : 0,
    valid_until: answer.validUntil,
    lapses_on: answer.lapsesOn,
    kyc_sequence: of.before?.kyc_sequence ?? 0,
  };
}

function tellsOther(before: UserTable, after: UserTable): boolean {
  return TOLD.some((column) => before[column] !== after[column]);
}

function differs(before: UserTable, after: UserTable): boolean {
  return MOVING.some((column) => before[column] !== after[column]);
}

/** What a row of the log tells of an answer. */
const TOLD = ['status', 'reason', 'next_action', 'because_id'] as const;

/** Every column that an answer moves. */
const MOVING = [
  ...TOLD,
  'policy',
  'can_retry',
  'contributor_ids',
  'conflicting',
  'valid_until',
  'lapses_on',
  'kyc_sequence',
] as const satisfies readonly (keyof UserTable)[];

function draftOf(
  after: UserTable,
  before: UserTable | null,
  { cause, at }: { cause: UserChangeCause; at: Instant },
): ChangeDraft {
  return {
    type: 'USER',
    subject_id: after.id,
    sequence: after.kyc_sequence,
    source: null,
    kind: null,
    user_id: after.id,
    from_status: before?.status ?? null,
    to_status: after.status,
    reason: after.reason,
    source_status: null,
    outcome: null,
    next_action: after.next_action,
    because_id: after.because_id,
    effective: 1,
    occurred_at: null,
    observed_at: at,
    cause,
    source_event_id: null,
  };
}

/** Made or moved. */
const INTO_USERS: RowsInto<'users'> = {
  table: 'users',
  columns: ['id', 'created_at', ...MOVING],
  takenOver: MOVING,
};

/** Answers that the calendar or another policy may have moved: recomputed at most `limit` at a time. */
export function createAnswers(context: StoreContext) {
  const { database, bell } = context;
  const recompute = async (
    due: (transaction: Transact) => Promise<readonly { id: string }[]>,
    move: { cause: UserChangeCause; today?: Day },
  ) => {
    const { users, appended } = await inLock(context, async (transaction) => {
      const users = await due(transaction);
      const causes = new Map(users.map(({ id }) => [id, move.cause]));
      const at = await database.now(transaction);
      const day = move.today === undefined ? {} : { today: move.today };
      return { users, appended: await moveAnswers(transaction, context, { causes, at, ...day }) };
    });
    if (appended > 0) bell.ring();
    return users.length;
  };

  return {
    async lapse(today: Day, limit: number): Promise<number> {
      const due = (transaction: Transact) =>
        transaction
          .selectFrom('users')
          .select('id')
          .where('lapses_on', '<=', today)
          .orderBy('lapses_on')
          .limit(limit)
          .execute();
      return await recompute(due, { cause: 'LAPSE', today });
    },
    async applyPolicy(limit: number): Promise<number> {
      const due = (transaction: Transact) => underOther(transaction, context.policy).limit(limit).execute();
      await recompute(due, { cause: 'POLICY' });
      return await countUnderOther(context);
    },
  };
}

function underOther(transaction: Transact, policy: RollUpPolicy) {
  return transaction.selectFrom('users').select('id').where('policy', '!=', policy);
}

async function countUnderOther({ database, policy }: StoreContext): Promise<number> {
  const { left } = await database.longRead
    .selectFrom('users')
    .select((eb) => eb.fn.countAll<number>().as('left'))
    .where('policy', '!=', policy)
    .executeTakeFirstOrThrow();
  return Number(left);
}
