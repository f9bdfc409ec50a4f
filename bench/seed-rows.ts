/**
 * Fills an empty store with records, users and identities by SQL alone, a few years of them: 60 % approved, 10 %
 * rejected, one in a thousand ACTION_REQUIRED; five sources of three kinds; checks without createdAt, as one source has
 * them. Indexes are taken away and made again, which is what makes it quick.
 */
export interface SeedDialect {
  /** Rows of one column `i`, 1 to count. */
  readonly series: (count: number) => string;
  /** An instant as the store spells it, of seconds since 1970. */
  readonly instant: (seconds: string) => string;
  /** Eight hexadecimal digits of a number. */
  readonly hex: (number: string) => string;
  readonly bytes: (length: number) => string;
}

export const sqliteSeed: SeedDialect = {
  series: (count) =>
    `(with recursive n(i) as (select 1 union all select i + 1 from n where i < ${count}) select i from n)`,
  instant: (seconds) => `strftime('%Y-%m-%dT%H:%M:%S', ${seconds}, 'unixepoch') || '.123456789Z'`,
  hex: (number) => `printf('%08x', ${number})`,
  bytes: (length) => `randomblob(${length})`,
};

export const postgresSeed: SeedDialect = {
  series: (count) => `generate_series(1::bigint, ${count}) as n(i)`,
  instant: (seconds) =>
    `to_char(to_timestamp(${seconds}) at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS') || '.123456789Z'`,
  hex: (number) => `lpad(to_hex(${number}), 8, '0')`,
  bytes: (length) => `decode(repeat(md5(i::text), ${Math.ceil(length / 16)}), 'hex')`,
};

const START_S = 1_672_531_200;
const THREE_YEARS_S = 94_608_000;
const CHANGES_FROM_S = 1_767_225_600;

/** The statements that fill the tables, in order. */
export function seedStatements({ series, instant, hex, bytes }: SeedDialect, count: number): string[] {
  // A multiple of five, so that a user's records are of the user's one source.
  const users = Math.max(5, Math.floor(count / 15) * 5);
  const source = `case i % 5 when 0 then 'FINOGATES' when 1 then 'FINX' when 2 then 'ROCKETKOR' when 3 then 'UPVEST' else 'SUMVIN' end`;
  const kind = `case i % 5 when 2 then 'IDV_APPLICATION' when 3 then 'CHECK' else 'KYC_RECORD' end`;
  const status = `case when i % 1000 = 999 then 'ACTION_REQUIRED' when i / 5 % 10 < 6 then 'APPROVED' when i / 5 % 10 = 6
    then 'REJECTED' when i / 5 % 10 = 7 then 'PENDING' when i / 5 % 100 = 8 then 'IN_REVIEW' else 'EXPIRED' end`;
  const created = `${START_S} + (i * 7919) % ${THREE_YEARS_S}`;
  const decision = '(i * 31) % 86400';
  const learnt = instant(`${CHANGES_FROM_S} + i / 50`);
  const id = `${hex('(i * 2654435761) % 4294967296')} || '-' || i`;
  const isCheck = 'i % 5 = 3';
  return [
    `insert into users (id, created_at, policy, status, next_action, contributor_ids, conflicting, kyc_sequence)
      select 'user-' || i, ${learnt}, 'strict', 'APPROVED', 'NONE', '[]', 0, 1 from ${series(users)}`,
    `insert into identities (source, external_id, user_id, linked_at, joined, last_read_at, open)
      select ${source}, 'person-' || (i % ${users}), 'user-' || i, ${learnt}, 0, ${learnt}, 0 from ${series(users)}`,
    `insert into verifications (id, source, kind, external_id, external_user_id, status, status_reason, source_status,
        source_status_word, created_at, updated_at, decided_at, decision_seconds, status_since, last_changed_at,
        observed_at, read_started_at, check_type, details, faults, fault_count, personal, raw, content_hash, sequence,
        deleted, seen_generation)
      select ${id}, ${source}, ${kind}, 'record-' || i, 'person-' || (i % ${users}), ${status}, 'PASSED', 'word', 'word',
        case when ${isCheck} then null else ${instant(created)} end, ${instant(`${created} + 3600`)},
        ${instant(`${created} + ${decision}`)}, case when ${isCheck} then null else ${decision} + 0.25 end,
        ${instant(created)}, ${learnt}, ${learnt}, ${learnt},
        case when ${isCheck} then case when i % 3 = 0 then 'PROOF_OF_RESIDENCE' else 'KYC' end end,
        '{"vendor":null}', '[]', 0, ${bytes(300)}, ${bytes(500)}, ${bytes(32)}, 1, 0, 1
      from ${series(count)}`,
    `insert into subjects (verification_id, source, external_user_id, role)
      select id, source, external_user_id, 'OWNER' from verifications`,
  ];
}
