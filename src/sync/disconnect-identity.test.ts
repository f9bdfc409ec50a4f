import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, expect, test } from 'vitest';

import { SEES_ALL } from '#kyc/sight';
import { sourceId } from '#kyc/source-id';
import { SumvinSandbox } from '#sources/sumvin/sandbox';

import { Bench, found } from '../../test/harness/bench.ts';

const SUMVIN = sourceId('SUMVIN');
let bench: Bench;

beforeAll(async () => {
  const file = join(mkdtempSync(join(tmpdir(), 'pats-')), 'pats');
  writeFileSync(file, `${JSON.stringify({ externalId: 'of the file', pat: 'pat-of-the-file' })}\n`);
  bench = await Bench.create({ people: 6, settings: { SUMVIN_PATS_FILE: file } });
});
afterAll(() => bench[Symbol.asyncDispose]());

const disconnect = (externalId: string, source = SUMVIN) =>
  bench.actions.disconnectIdentity({ source, externalId });

test('the source is not asked any more, and what was read stays', async () => {
  const person = found(bench.people.find(({ sources }) => sources.includes(SUMVIN)));
  const owner = found(bench.sandbox(SumvinSandbox).credentialOf(person));
  const identity = { source: SUMVIN, externalId: 'anna' };
  const connected = await bench.actions.connectIdentity({ identity, ...owner, userId: null, by: 'test' });
  const asked = bench.calls('SUMVIN').length;
  expect(await disconnect('anna')).toEqual(connected);
  const [user] = await bench.store.readUsers([connected.userId ?? ''], SEES_ALL);
  expect(await bench.actions.refreshUser(found(user))).toContainEqual(
    expect.objectContaining({ source: SUMVIN, error: expect.objectContaining({ code: 'SOURCE_REFUSED' }) }),
  );
  expect(bench.calls('SUMVIN')).toHaveLength(asked);
  expect(
    (await bench.store.readVerificationsOfUsers([found(user).id], SEES_ALL)).get(found(user).id),
  ).toHaveLength(1);
});

test('refuses where nothing of the kind can be held, or where the settings hold it', async () => {
  expect(await disconnect('anyone', sourceId('FINX'))).toMatchObject({
    refusal: { code: 'NOT_SUPPORTED_BY_SOURCE' },
  });
  expect(await disconnect('of the file')).toMatchObject({ refusal: { code: 'INVALID_INPUT' } });
  expect(await disconnect('nobody')).toMatchObject({ refusal: { code: 'NOT_FOUND' } });
});
