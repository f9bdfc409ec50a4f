import { graphql } from 'graphql';
import { describe, expect, it } from 'vitest';

import { userId } from '#kyc/id';

import { createFakeContext, schema } from './testing/fake-context.ts';
import { ALPHA, user } from './testing/records.ts';

const anna = user(userId('anna'), [[ALPHA, 'a']]);

/** Asks with a log whose end is told only when `tell` is called. */
function askWaiting(source: string) {
  const { context, calls } = createFakeContext({ users: [anna] });
  const { promise, resolve: tell } = Promise.withResolvers<number>();
  const head = async () => {
    calls.push('log head');
    return await promise;
  };
  const store = { ...context.store, changes: { ...context.store.changes, head } };
  const contextValue = { ...context, store };
  return { answer: graphql({ schema, source, contextValue }), calls, tell, context };
}

describe('changeCursor', () => {
  it.each([
    ['last', `{ user(id: "${anna.id}") { id } users { nodes { id } } changeCursor }`],
    [
      'under another name, in fragments',
      `{ users { nodes { id } } ...A } fragment A on Query { ... { at: changeCursor } }`,
    ],
    ['twice', `{ one: changeCursor users { nodes { id } } two: changeCursor }`],
    ['where a directive may take it out', `{ users { nodes { id } } changeCursor @skip(if: true) }`],
  ])('is read before anything else, once, when it is asked for %s', async (_how, source) => {
    const { answer, calls, tell } = askWaiting(source);
    await new Promise((resolve) => setImmediate(resolve));
    expect(calls).toEqual(['log head']);
    tell(7);
    const { errors } = await answer;
    expect(errors).toBeUndefined();
    expect(calls).toContain('pageUsers');
    expect(calls.filter((call) => call === 'log head')).toHaveLength(1);
  });

  it('is the place that was read, and nothing waits for it that does not ask', async () => {
    const asked = askWaiting('{ changeCursor }');
    asked.tell(7);
    const { data } = await asked.answer;
    expect(asked.context.logCursors.open(String(data?.['changeCursor']))).toBe(7);
    const other = askWaiting('{ users { nodes { id } } }');
    expect((await other.answer).errors).toBeUndefined();
    expect(other.calls).not.toContain('log head');
  });
});
