import type { TestDatabase } from './postgres-databases.ts';

const ROWS = 60_000;
const USERS = 20_000;
/** A second each from the start of 2026. */
const TIME = `to_char(timestamp '2026-01-01' + n * interval '1 second', 'YYYY-MM-DD"T"HH24:MI:SS.US"000Z"')`;

/**
 * As many rows as a planner needs to prefer its indexes: records at three sources, each of one user, every third
 * without times of its source, each with its row in the log; every tenth identity open.
 */
export async function fillWithRows({ run }: TestDatabase): Promise<void> {
  const source = `(array['ALPHA', 'BETA', 'GAMMA'])[1 + n % 3]`;
  const status = `(array['PENDING', 'APPROVED', 'REJECTED', 'IN_REVIEW'])[1 + n % 4]`;
  const said = `case when n % 3 = 0 then null else ${TIME} end`;
  await run(`
    insert into users (id, created_at, policy, status, next_action, contributor_ids, conflicting, kyc_sequence)
      select 'user-' || n, ${TIME}, 'strict', 'PENDING', 'WAIT', '[]', 0, 1 from generate_series(1, ${USERS}) n;
    insert into identities (source, external_id, user_id, linked_at, joined, last_read_at, open)
      select ${source}, 'x-' || n, 'user-' || n, ${TIME}, 0,
        case when n % 50 = 0 then null else ${TIME} end, case when n % 10 = 0 then 1 else 0 end
      from generate_series(1, ${USERS}) n;
    insert into verifications (id, source, kind, external_id, external_user_id, status, created_at, updated_at,
        decided_at, status_since, last_changed_at, observed_at, read_started_at, details, faults, fault_count,
        content_hash, sequence, deleted, seen_generation)
      select 'id-' || n, ${source}, (array['CHECK', 'KYC_RECORD', 'IDV_APPLICATION'])[1 + n % 3], 'x-' || n,
        'x-' || (1 + n % ${USERS}), ${status}, ${said}, ${said}, ${said}, ${TIME}, ${TIME}, ${TIME}, ${TIME},
        '{}', '[]', 0, '', 1, 0, 1
      from generate_series(1, ${ROWS}) n;
    insert into subjects (verification_id, source, external_user_id, role)
      select id, source, external_user_id, 'OWNER' from verifications;
    insert into changes (position, type, subject_id, sequence, source, to_status, effective, observed_at, cause)
      select n, 'STATUS', 'id-' || n, 1, ${source}, 'PENDING', 1, ${TIME}, 'POLL' from generate_series(1, ${ROWS}) n;
    analyze;
  `);
}
