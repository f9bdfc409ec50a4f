import type { SandboxAnswer, SandboxCall } from '#sources/sandbox-server';

import { isoAt, uuidOf } from './big-rows.ts';

const STATUSES = [
  'approved',
  'completed',
  'rejected',
  'approved',
  'approved',
  'failed',
  'approved',
  'approved',
];

/** One in twenty is open. */
export function finogatesStatus(index: number): string {
  if (index % 20 === 7) return index % 40 === 7 ? 'pending' : 'in_review';
  return STATUSES[index % STATUSES.length] ?? 'approved';
}

/** Finogates' list of `count` records, made as they are asked for; a list by status is one of indexes. */
export class BigFinogates {
  readonly #count: number;
  readonly #byStatus = new Map<string, readonly number[]>();

  constructor(count: number) {
    this.#count = count;
  }

  answer({ url }: SandboxCall): SandboxAnswer {
    const { searchParams: query } = url;
    const limit = Number(query.get('limit') ?? 50);
    const offset = Number(query.get('offset') ?? 0);
    const status = query.get('status_filter');
    const among = status === null ? null : this.#withStatus(status);
    const rowCount = among === null ? this.#count : among.length;
    const places = Array.from(
      { length: Math.max(0, Math.min(limit, rowCount - offset)) },
      (_, at) => offset + at,
    );
    const data = places.map((place) => rowOf(among === null ? place : (among[place] ?? 0)));
    return {
      status: 200,
      body: { status_code: 200, data, query_generated_time: 0, row_count: rowCount, limit },
    };
  }

  #withStatus(status: string): readonly number[] {
    const known = this.#byStatus.get(status);
    if (known !== undefined) return known;
    const indexes = Array.from({ length: this.#count }, (_, index) => index).filter(
      (index) => finogatesStatus(index) === status,
    );
    this.#byStatus.set(status, indexes);
    return indexes;
  }
}

function rowOf(index: number): unknown {
  const status = finogatesStatus(index);
  const at = isoAt(index);
  const isApproved = status === 'approved' || status === 'completed';
  return {
    id: uuidOf('f1', index),
    status,
    created_at: at,
    updated_at: at,
    approved_at: isApproved ? at : null,
    rejected_at: status === 'rejected' ? at : null,
    decline_reason: status === 'rejected' ? 'Document expired' : null,
    user_id: uuidOf('f2', index),
    subject_email: `person${index}@example.test`,
    subject_name: `Given${index} Family${index}`,
    inquiry_id: `inq_${index}`,
    provider_code: 'persona',
    provider_status: 'completed',
  };
}
