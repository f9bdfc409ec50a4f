import { expect } from 'vitest';

import type { Answer } from './ask.ts';

const AT_ONCE = 10;

type Ask = <Data>(query: string, variables?: Record<string, unknown>) => Promise<Answer<Data>>;

/** Has the caller who asks read these users in clear, for longer than any test takes. */
export async function reveal(ask: Ask, userIds: readonly string[]): Promise<void> {
  for (let at = 0; at < userIds.length; at += AT_ONCE) {
    const some = userIds.slice(at, at + AT_ONCE);
    const fields = some.map(
      (userId, index) =>
        `u${index}: revealPersonalData(input: { userId: "${userId}", reason: "A test", minutes: 200 }) { errors { code } }`,
    );
    const { data, errors } = await ask<Record<string, { errors: unknown[] }>>(
      `mutation { ${fields.join(' ')} }`,
    );
    expect(errors).toEqual([]);
    expect(Object.values(data)).toEqual(some.map(() => ({ errors: [] })));
  }
}
