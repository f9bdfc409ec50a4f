import { expect, test } from 'vitest';

import { search } from './canaries.ts';
import { driveWithCanaries } from './drive.ts';

test('a value is found in every spelling, wherever it stands', () => {
  const value = 'Käfig&Straße "7"';
  const canary = { kind: 'street', value, person: null };
  const within = (text: string) => Buffer.from(`before ${text} after`);
  const spelled = [
    within(value),
    within(value.toUpperCase()),
    within(JSON.stringify({ value })),
    within(JSON.stringify(JSON.stringify({ value }))),
    within(encodeURIComponent(value)),
    within(new URLSearchParams({ value }).toString()),
    within(Buffer.from(value).toString('hex')),
    ...['', 'a', 'ab'].map((lead) => within(Buffer.from(`${lead}${value}xyz`).toString('base64'))),
    ...['', 'a', 'ab'].map((lead) => within(Buffer.from(`${lead}${value}xyz`).toString('base64url'))),
    Buffer.from(value, 'utf16le'),
  ];
  const found = spelled.map((bytes) => search([canary], [{ where: 'here', bytes }]).hits.length > 0);
  expect(found).toEqual(spelled.map(() => true));
  expect(search([canary], [{ where: 'here', bytes: within('Käfig&Strasse "7"') }]).hits).toEqual([]);
});

// Every misbehaviour, command and end, on both stores: test/prove.
test('no personal value and no secret is in output, log, error, masked answer or on the disk', async () => {
  const driven = await driveWithCanaries({
    store: 'SQLITE',
    people: 6,
    askedAbout: 1,
    moods: ['ECHO_401', 'BAD_JSON', 'ECHO_HEADERS'],
    isWhole: false,
  });
  expect(driven.hits).toEqual([]);
  expect(driven.logLines).toBeGreaterThan(10);
  expect(driven.refused).toBeGreaterThan(50);
  for (const kind of ['email', 'street', 'documentNumber', 'message', 'secret: an API key'])
    expect(driven.given).toContain(kind);
}, 180_000);
