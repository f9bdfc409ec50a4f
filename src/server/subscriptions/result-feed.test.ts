import type { ExecutionResult } from 'graphql';
import { expect, test } from 'vitest';

import { createLogger } from '#log';
import { ScriptedResults, tick } from '#server/testing/scripted-results';

import { ResultFeed } from './result-feed.ts';

function feedOf(results: AsyncIterable<ExecutionResult>) {
  const leave = new AbortController();
  const lines: string[] = [];
  const log = createLogger('info', { write: (line: string) => void lines.push(line) });
  return { feed: new ResultFeed(results, leave, log), leave, lines };
}

test('asks for a result when somebody takes it, and for none before', async () => {
  const results = new ScriptedResults();
  const { feed } = feedOf(results);
  results.give(tick(1), tick(2));
  expect(results.pulls).toBe(0);
  expect(await feed.next()).toEqual(tick(1));
  expect(results.pulls).toBe(1);
});

test('ends at once, whatever its source is waiting for', async () => {
  const results = new ScriptedResults();
  const { feed, leave } = feedOf(results);
  const next = feed.next();
  feed.end();
  expect(await next).toBeNull();
  expect(await feed.next()).toBeNull();
  expect(leave.signal.aborted).toBe(true);
  await results.returned.promise;
});

test('what its source throws is the last result, without what it says', async () => {
  async function* failing(): AsyncGenerator<ExecutionResult> {
    yield tick(1);
    throw new DOMException('passport X1234567', 'AbortError');
  }
  const { feed, lines } = feedOf(failing());
  expect(await feed.next()).toEqual(tick(1));
  expect(await feed.next()).toMatchObject({ errors: [{ extensions: { code: 'INTERNAL_SERVER_ERROR' } }] });
  expect(await feed.next()).toBeNull();
  expect(lines).toHaveLength(1);
  expect(lines.join('')).not.toContain('X1234567');
});
