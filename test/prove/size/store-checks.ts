/** Asks a store at rest, of either dialect. */
export type AskStore = (sql: string) => Promise<readonly Readonly<Record<string, unknown>>[]>;

/** Queries that find what may never be: each gives no row when all is well. Plain SQL of both dialects. */
const FAULTS: Readonly<Record<string, string>> = {
  'a hole in the log': `select count(*) as n, min(position) as low, max(position) as high from changes
    having count(*) <> max(position) or min(position) <> 1`,
  'a hole in the log of one subject': `select type, subject_id from changes group by type, subject_id
    having count(*) <> max(sequence) or min(sequence) <> 1 limit 5`,
  'two first sights, or none': `select type, subject_id from changes group by type, subject_id
    having sum(case when from_status is null and effective = 1 then 1 else 0 end) <> 1 limit 5`,
  'a first sight of a record that is no backfill': `select subject_id from changes
    where type = 'STATUS' and from_status is null and cause <> 'BACKFILL' limit 5`,
  'a record and its log apart': `select v.id from verifications v left join changes c
    on c.subject_id = v.id and c.sequence = v.sequence where c.to_status is null or c.to_status <> v.status limit 5`,
  'a user and its log apart': `select u.id from users u left join changes c
    on c.subject_id = u.id and c.type = 'USER' and c.sequence = u.kyc_sequence
    where c.to_status is null or c.to_status <> u.status limit 5`,
  'a record twice': `select source, external_id from verifications group by source, external_id
    having count(*) > 1 limit 5`,
  'an identity without its user': `select i.external_id from identities i left join users u on u.id = i.user_id
    where u.id is null limit 5`,
  'a record without subject': `select v.id from verifications v left join subjects s on s.verification_id = v.id
    where s.verification_id is null limit 5`,
  'a tombstone': 'select id from verifications where deleted = 1 limit 5',
};

/** The faults of a store, each with the rows that show it. */
export async function faultsIn(ask: AskStore): Promise<Readonly<Record<string, unknown>>> {
  const found: Record<string, unknown> = {};
  for (const [fault, sql] of Object.entries(FAULTS)) {
    const rows = await ask(sql);
    if (rows.length > 0) found[fault] = rows;
  }
  return found;
}

/** Records of a source by its own status word. */
export async function wordsOf(ask: AskStore, source: string): Promise<Readonly<Record<string, number>>> {
  const rows = await ask(
    `select source_status as word, count(*) as records from verifications where source = '${source}' group by source_status`,
  );
  return Object.fromEntries(rows.map(({ word, records }) => [String(word), Number(records)]));
}

export function countWords(
  count: number,
  wordAt: (index: number) => string,
): Readonly<Record<string, number>> {
  const words: Record<string, number> = {};
  for (let index = 0; index < count; index += 1) {
    const word = wordAt(index);
    words[word] = (words[word] ?? 0) + 1;
  }
  return words;
}
