import type { SandboxAnswer, SandboxCall } from '#sources/sandbox-server';

import { uuidOf } from './big-rows.ts';

export function upvestUserId(index: number): string {
  return uuidOf('c2', index);
}

/** One in twenty is open. */
export function upvestStatus(index: number): string {
  if (index % 20 === 11) return 'IN_PROGRESS';
  return index % 15 === 0 ? 'FAILED' : 'PASSED';
}

/** Upvest's checks: one KYC check a user, any user. */
export function answerUpvest({ url }: SandboxCall): SandboxAnswer {
  const userId = /^\/users\/([^/]+)\/checks$/.exec(url.pathname)?.[1] ?? '';
  const index = Number.parseInt(userId.slice(-12), 16);
  if (upvestUserId(index) !== userId) return { status: 404, body: { status: 404 } };
  const check = {
    id: uuidOf('c1', index),
    user_id: userId,
    type: 'KYC',
    check_confirmed_at: '2025-08-24T14:15:22Z',
    data_download_link: `https://bucket.customer.example/ident/${index}.zip`,
    document_type: 'ID_CARD',
    document_expiration_date: '2036-01-01',
    nationality: 'DE',
    status: upvestStatus(index),
    provider: 'KYC provider',
    method: 'VIDEO_ID',
    confirmed_address: { address_line1: 'Rosenweg 221', postcode: '45678', city: 'Berlin', country: 'DE' },
  };
  return { status: 200, body: { data: [check] } };
}
