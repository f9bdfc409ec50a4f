import { readStatus } from './statuses.ts';
import { today } from './time.ts';

/** What one record says of one identity. */
export interface Voice {
  readonly id: string;
  readonly identity: string;
  readonly source: string;
  /** COMPLIANCE can only veto; null where the record never counts. */
  readonly counts: 'FULLY' | 'AS_VETO' | 'NEVER';
  readonly isUpdate: boolean;
  readonly status: string;
  readonly reason: string;
  readonly canRetry: boolean | null;
  readonly decidedAt: string | null;
  /** decidedAt, else updatedAt, else createdAt, else observedAt. */
  readonly at: string;
  readonly observedAt: string;
  readonly expiresOn: string | null;
  readonly uploadUrl: string | null;
}

export interface ExpectedAnswer {
  readonly status: string;
  readonly reason: string | null;
  readonly because: { readonly id: string } | null;
  readonly nextAction: string;
  /** The operator, who had everybody revealed, sees where the user can go on. */
  readonly actionUrl: string | null;
  readonly canRetry: boolean | null;
  readonly contributors: readonly string[];
  readonly conflicting: boolean;
  readonly validUntil: string | null;
}

const STRICT = [
  'REJECTED',
  'ACTION_REQUIRED',
  'IN_REVIEW',
  'PENDING',
  'ERROR',
  'UNKNOWN',
  'APPROVED',
  'EXPIRED',
  'NOT_STARTED',
];
const OPEN = new Set(['NOT_STARTED', 'PENDING', 'ACTION_REQUIRED', 'IN_REVIEW', 'ERROR', 'UNKNOWN']);

/** A user's answer, by design/statuses.md, from all that the records say of the user's identities. */
export function rollUp(voices: readonly Voice[], policy: 'strict' | 'any'): ExpectedAnswer {
  const contributors = [...Map.groupBy(voices, ({ identity }) => identity).values()]
    .flatMap(contributorsOf)
    .map(lapsed);
  const strict = STRICT.find((status) => contributors.some((voice) => voice.status === status));
  const having = contributors.filter((voice) => voice.status === strict);
  const standing = policy === 'any' ? standingOf(contributors) : [];
  // Who decides, all of one status; of them the newest is named.
  const deciding = standing.length > 0 ? standing : having;
  const because = newest(deciding);
  const status = because?.status ?? 'NOT_STARTED';
  return {
    status,
    reason: because?.reason ?? null,
    because: because === null ? null : { id: because.id },
    nextAction: nextActionOf(status, because),
    actionUrl: because?.uploadUrl ?? null,
    canRetry: because?.canRetry ?? null,
    contributors: contributors.map(({ id }) => id).toSorted(),
    conflicting: isConflicting(contributors),
    validUntil: status === 'APPROVED' ? lastDayOf(deciding) : null,
  };
}

/** Of one identity at one source: the newest that counts, and the newest compliance check where it is a veto. */
function contributorsOf(voices: readonly Voice[]): readonly Voice[] {
  const alive = voices.filter(({ status }) => status !== 'CANCELLED');
  const full = alive.filter(({ counts }) => counts === 'FULLY');
  const settled = full.filter(({ isUpdate, status }) => !isUpdate || !OPEN.has(status));
  // A refresh under way does not displace the approval that it refreshes.
  const refreshed = newest(settled)?.status === 'APPROVED' ? settled : full;
  // One that is still open lifts no veto.
  const veto = newest(alive.filter(({ counts, status }) => counts === 'AS_VETO' && !OPEN.has(status)));
  return [newest(refreshed), veto?.status === 'REJECTED' ? veto : null].filter((voice) => voice !== null);
}

function lapsed(voice: Voice): Voice {
  const isOver = voice.status === 'APPROVED' && voice.expiresOn !== null && voice.expiresOn < today();
  return isOver ? { ...voice, status: 'EXPIRED', reason: 'VERIFICATION_LAPSED' } : voice;
}

function newest(voices: readonly Voice[]): Voice | null {
  const order = voices.toSorted((a, b) => (a.at === b.at ? (a.id < b.id ? -1 : 1) : a.at > b.at ? -1 : 1));
  return order[0] ?? null;
}

const decisionOf = ({ decidedAt, observedAt }: Voice) => decidedAt ?? observedAt;

/** The approvals that nothing rejected later; none against a veto. */
function standingOf(voices: readonly Voice[]): readonly Voice[] {
  const rejections = voices.filter(({ status }) => status === 'REJECTED');
  if (rejections.some(({ counts }) => counts === 'AS_VETO')) return [];
  const last = rejections.map(decisionOf).toSorted().at(-1) ?? '';
  return voices.filter((voice) => voice.status === 'APPROVED' && decisionOf(voice) >= last);
}

/** Of several approvals the longest carries; one without an end carries for ever. */
function lastDayOf(voices: readonly Voice[]): string | null {
  const days = voices.map(({ expiresOn }) => expiresOn);
  return days.includes(null) ? null : (days.toSorted().at(-1) ?? null);
}

function isConflicting(voices: readonly Voice[]): boolean {
  const sourcesOf = (wanted: string) =>
    voices.filter(({ status }) => status === wanted).map(({ source }) => source);
  return sourcesOf('APPROVED').some((one) => sourcesOf('REJECTED').some((other) => one !== other));
}

const NEXT_ACTIONS: Readonly<Record<string, string>> = {
  NOT_STARTED: 'START',
  DOCUMENTS_REQUIRED: 'UPLOAD_DOCUMENTS',
  INFORMATION_REQUIRED: 'PROVIDE_INFORMATION',
  RESUBMISSION_REQUESTED: 'RESUBMIT',
  PENDING: 'WAIT',
  IN_REVIEW: 'WAIT',
  ERROR: 'WAIT',
  APPROVED: 'NONE',
  SESSION_EXPIRED: 'START',
  VERIFICATION_LAPSED: 'REVERIFY',
  UNKNOWN: 'CONTACT_SUPPORT',
};

function nextActionOf(status: string, because: Voice | null): string {
  if (status === 'REJECTED') return because?.canRetry === true ? 'RESUBMIT' : 'CONTACT_SUPPORT';
  return NEXT_ACTIONS[because?.reason ?? ''] ?? NEXT_ACTIONS[status] ?? '';
}

type Fields = Readonly<Record<string, unknown>>;
const textOf = (value: unknown) => (typeof value === 'string' ? value : null);

/** The voices of a record as the graph shows it: of its owner, and of each entity with an account of its own. */
export function voicesOf(record: Fields): readonly Voice[] {
  const entities = (record['entities'] ?? []) as readonly Fields[];
  const { externalUserId } = record;
  const ownEntity = entities.find(({ accountId }) => accountId === externalUserId);
  const own = { ...ownerVoice(record), uploadUrl: textOf(ownEntity?.['documentUploadUrl']) };
  const others = entities.filter(({ accountId }) => accountId !== externalUserId && accountId !== null);
  return [own, ...others.map((entity) => entityVoice(own, entity))];
}

function ownerVoice(record: Fields): Voice {
  const { source, status, statusReason, externalUserId, provenance, document, canRetry } = record;
  const observedAt = String((provenance as Fields)['observedAt']);
  const decidedAt = textOf(record['decidedAt']);
  return {
    id: String(record['id']),
    identity: `${String(source)} ${String(externalUserId)}`,
    source: String(source),
    counts: countsAs(record['type']),
    isUpdate: record['isUpdate'] === true,
    status: String(status),
    reason: String(statusReason),
    canRetry: typeof canRetry === 'boolean' ? canRetry : null,
    decidedAt,
    at: decidedAt ?? textOf(record['updatedAt']) ?? textOf(record['createdAt']) ?? observedAt,
    observedAt,
    expiresOn: textOf((document as Fields | null | undefined)?.['expiresOn']),
    uploadUrl: null,
  };
}

function entityVoice(own: Voice, entity: Fields): Voice {
  const read = readStatus(own.source, textOf(entity['sourceStatus']), textOf(entity['outcome']));
  const identity = `${own.source} ${String(entity['accountId'])}`;
  const uploadUrl = textOf(entity['documentUploadUrl']);
  return { ...own, identity, status: read.status, reason: read.statusReason, uploadUrl };
}

function countsAs(checkType: unknown): Voice['counts'] {
  if (checkType === 'COMPLIANCE') return 'AS_VETO';
  return checkType === undefined || checkType === 'KYC' ? 'FULLY' : 'NEVER';
}
