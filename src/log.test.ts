import { expect, test } from 'vitest';

import { createLogger, type LogFields } from '#log';

function capture(level: Parameters<typeof createLogger>[0] = 'info') {
  const lines: string[] = [];
  return { lines, log: createLogger(level, { write: (line: string) => void lines.push(line) }) };
}

test('writes the allowed fields and drops all others', () => {
  const { lines, log } = capture();
  const fields: LogFields & { email: string } = { source: 'FINX', count: 3, email: 'ada@example.com' };
  log.info('Read a page.', fields);
  expect(lines.map((line) => JSON.parse(line))).toEqual([
    { level: 30, time: expect.any(String), source: 'FINX', count: 3, msg: 'Read a page.' },
  ]);
});

test('drops an object in the place of a plain field', () => {
  const { lines, log } = capture();
  log.warn('Odd.', JSON.parse('{"source":{"token":"secret-token"}}'));
  expect(lines.join('')).not.toContain('secret-token');
});

test('tells the class of an error and its place, never its message', () => {
  const { lines, log } = capture();
  log.error('Failed.', { error: new RangeError('passport X1234567\nof Ada') });
  expect(lines.join('')).not.toMatch(/X1234567|Ada/);
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({
    error: {
      name: 'RangeError',
      at: [expect.stringContaining('log.test.ts'), ...Array(9).fill(expect.any(String))],
    },
  });
});

test('keeps quiet below its level', () => {
  const { lines, log } = capture('error');
  log.info('Nothing to see.');
  expect(lines).toEqual([]);
});
