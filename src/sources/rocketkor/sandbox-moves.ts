import { pick } from '#sources/sandbox-seed';

import { isoOf, type SandboxApplication, stepped } from './sandbox-applications.ts';

/** Where an application goes next. A completed one is taken up again, or what was approved is taken back. */
const NEXT_STATUSES: ReadonlyMap<string, readonly string[]> = new Map([
  ['NEW', ['PENDING']],
  ['PENDING', ['PROCESSING', 'PROCESSING', 'PROCESSING', 'EXPIRED']],
  [
    'PROCESSING',
    ['COMPLETED', 'COMPLETED', 'PENDING_REVIEW', 'PENDING_DOCUMENTS', 'AWAITING_INFORMATION', 'ERROR'],
  ],
  ['PENDING_REVIEW', ['COMPLETED']],
  ['PENDING_DOCUMENTS', ['PROCESSING', 'EXPIRED']],
  ['AWAITING_INFORMATION', ['PROCESSING']],
  ['COMPLETED', ['COMPLETED', 'PENDING_REVIEW']],
  ['EXPIRED', ['NEW']],
  ['ERROR', ['PROCESSING']],
]);
const OUTCOMES = ['Approved', 'Approved', 'Approved', 'APPROVED', 'Denied', 'Rejected', 'Manual Review'];
const SETTLED: ReadonlySet<string> = new Set(['COMPLETED', 'EXPIRED']);
const OPEN_SHARE = 0.8;

/** One to three applications after their next step; `updatedAt` moves on with the clock. Most moves are of open ones. */
export function nextMoves(
  applications: readonly SandboxApplication[],
  random: () => number,
): readonly SandboxApplication[] {
  if (applications.length === 0) return [];
  const open = applications.filter(({ latestStatus }) => !SETTLED.has(latestStatus));
  const moves = new Map<string, SandboxApplication>();
  for (let left = 1 + Math.floor(random() * 3); left > 0; left -= 1) {
    const candidates = open.length > 0 && random() < OPEN_SHARE ? open : applications;
    const application = pick(candidates, random);
    moves.set(application.id, moved(application, random));
  }
  return [...moves.values()];
}

function moved(application: SandboxApplication, random: () => number): SandboxApplication {
  const status = pick(NEXT_STATUSES.get(application.latestStatus) ?? ['PROCESSING'], random);
  const wasApproved = application.outcome?.toLowerCase() === 'approved';
  const outcome = wasApproved ? 'Denied' : pick(OUTCOMES, random);
  const before = Date.parse(application.updatedAt);
  const atMs = Math.max(Date.now(), Number.isNaN(before) ? 0 : before + 1);
  return stepped(application, status, outcome, isoOf(atMs));
}
