import type { SandboxAnswer, SandboxCall } from '#sources/sandbox-server';

import { isoAt, uuidOf } from './big-rows.ts';

const OPEN = ['NEW', 'PENDING', 'PROCESSING', 'PENDING_REVIEW', 'PENDING_DOCUMENTS', 'AWAITING_INFORMATION'];
const EMPLOYEE = { id: uuidOf('e0', 0), type: 'EMPLOYEE' };

/** One in twenty is open. */
export function rocketkorStatus(index: number): string {
  if (index % 20 === 3) return OPEN[Math.floor(index / 20) % OPEN.length] ?? 'NEW';
  return index % 10 === 9 ? 'EXPIRED' : 'COMPLETED';
}

/** RocketKOR's list of `count` applications, oldest first, made as they are asked for. */
export class BigRocketkor {
  readonly #count: number;
  readonly #byStatus = new Map<string, readonly number[]>();

  constructor(count: number) {
    this.#count = count;
  }

  answer({ url }: SandboxCall): SandboxAnswer {
    const { searchParams: query } = url;
    const size = Math.min(100, Number(query.get('size') ?? 20));
    const page = Number(query.get('page') ?? 0);
    const status = query.get('status');
    const account = query.get('accountId');
    const among = account !== null ? ofAccount(account) : status === null ? null : this.#withStatus(status);
    const total = among === null ? this.#count : among.length;
    const first = page * size;
    const places = Array.from({ length: Math.max(0, Math.min(size, total - first)) }, (_, at) => first + at);
    const content = places.map((place) => applicationOf(among === null ? place : (among[place] ?? 0)));
    const body = {
      totalElements: total,
      totalPages: Math.ceil(total / size),
      number: page,
      numberOfElements: content.length,
      hasNext: first + size < total,
      content,
    };
    return { status: 200, body };
  }

  #withStatus(status: string): readonly number[] {
    const known = this.#byStatus.get(status);
    if (known !== undefined) return known;
    const indexes = Array.from({ length: this.#count }, (_, index) => index).filter(
      (index) => rocketkorStatus(index) === status,
    );
    this.#byStatus.set(status, indexes);
    return indexes;
  }
}

/** The one application of an account. */
function ofAccount(account: string): readonly number[] {
  return [Number.parseInt(account.slice(-12), 16)];
}

function applicationOf(index: number): unknown {
  const status = rocketkorStatus(index);
  const [createdAt, updatedAt] = [isoAt(index), isoAt(index, 30_000)];
  const outcome = status === 'COMPLETED' ? (index % 7 === 0 ? 'Denied' : 'Approved') : null;
  const history = ['NEW', 'PENDING', status].map((word, at) => ({
    id: uuidOf(`d${at}`, index),
    status: word,
    message: 'moved',
    createdAt,
    updatedAt,
    outcome: word === 'COMPLETED' ? outcome : null,
  }));
  const name = { firstName: `Given${index}`, lastName: `Family${index}`, legalName: '' };
  const accountId = uuidOf('a2', index);
  return {
    id: uuidOf('a1', index),
    businessAccountId: uuidOf('b0', 0),
    accountId,
    identityVerificationProfileId: 'kyc-profile-1',
    ...name,
    accountType: 'INDIVIDUAL_CUSTOMER',
    latestStatus: status,
    outcome,
    statusHistory: history,
    metadata: { reference: `ref-${index}` },
    completedAt: status === 'COMPLETED' ? updatedAt : null,
    createdAt,
    createdBy: EMPLOYEE,
    updatedBy: EMPLOYEE,
    updatedAt,
    entities: [
      {
        accountId,
        ...name,
        entityType: 'INDIVIDUAL_CUSTOMER',
        status,
        outcome,
        outcomeDetails: [],
        statusHistory: history,
        processingSummary: { 'ADDRESS.CITY': 'Berlin' },
        docUploadUrl: '',
        createdAt,
        createdBy: EMPLOYEE,
        updatedBy: EMPLOYEE,
        updatedAt,
      },
    ],
  };
}
