import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { type ApiKeyKind, expiryAfter, makeApiKey } from '#access/api-key';
import type { Scope } from '#access/scope';
import { openGatewayStore } from '#gateway';
import { readSettings, SettingsError } from '#settings';
import { rooms } from '#sources/index';
import { postgresServer } from '#store/testing/postgres-databases';

import { ask } from './harness/ask.ts';
import { GatewayProcess } from './harness/gateway-process.ts';
import { until } from './harness/until.ts';
import { World } from './harness/world.ts';

const SECRET = { KYC_SECRET_KEY: Buffer.alloc(32, 7).toString('base64') };
const START_MS = 60_000;

/** Makes a key in the store of a world, as the command does. */
async function addKey(
  world: World,
  kind: ApiKeyKind,
  scopes: readonly Scope[] = ['kyc:status'],
): Promise<string> {
  const { store } = await openGatewayStore(readSettings({ ...world.environment, ...SECRET }, rooms));
  const { text, id, secretHash } = makeApiKey();
  await store.apiKeys.add({ id, secretHash, kind, subject: kind, scopes, expiresAt: expiryAfter(1) });
  await store.close();
  return text;
}

async function faultsOfStart(world: World, overrides: Readonly<Record<string, string>>) {
  const error: unknown = await world.start(overrides).catch((thrown: unknown) => thrown);
  await world.stop();
  return error instanceof SettingsError ? error.faults : error;
}

describe('a store that has had an API key', () => {
  test('is never open again', async () => {
    await using world = await World.create({ people: 5, settings: SECRET });
    await world.start({ AUTH: 'open' });
    expect((await world.ask('{ viewer { subject } }')).data).toEqual({ viewer: { subject: 'local' } });
    await world.stop();
    const key = await addKey(world, 'OPERATOR');
    expect(await faultsOfStart(world, { AUTH: 'open' })).toEqual([
      'AUTH is open, but the store has had API keys: leave AUTH out, or set it to required.',
    ]);
    await world.start();
    expect((await world.ask('{ viewer { subject } }')).httpStatus).toBe(401);
    const authorization = `Bearer ${key}`;
    const answer = await ask(world.url, '{ viewer { subject } }', {}, { authorization });
    expect(answer.data).toEqual({ viewer: { subject: 'OPERATOR' } });
  });

  test('is not served with a dev key', async () => {
    await using world = await World.create({ people: 5, store: 'SQLITE' });
    await world.start();
    await world.stop();
    const devKey = readFileSync(join(world.folder, 'dev.key'), 'utf8').trim();
    const settings = readSettings({ ...world.environment, KYC_SECRET_KEY: devKey }, rooms);
    const { store } = await openGatewayStore(settings);
    const { id, secretHash } = makeApiKey();
    const key = { id, secretHash, kind: 'OPERATOR', subject: 'o', scopes: [], expiresAt: expiryAfter(1) };
    await store.apiKeys.add(key);
    await store.close();
    expect(await faultsOfStart(world, {})).toEqual([expect.stringMatching(/^KYC_SECRET_KEY is required/)]);
    expect(await faultsOfStart(world, { KYC_SECRET_KEY: devKey })).toBeUndefined();
  });

  test.skipIf(postgresServer === null)('closes gateways that run open beside it', async () => {
    await using world = await World.create({ people: 5, store: 'POSTGRES' });
    await world.start();
    expect((await world.ask('{ viewer { subject } }')).httpStatus).toBe(200);
    const key = await addKey(world, 'ANALYST');
    await until(
      'it asks who is calling',
      async () => (await world.ask('{ viewer { kind } }')).httpStatus === 401,
    );
    const { data } = await ask(world.url, '{ viewer { kind } }', {}, { authorization: `Bearer ${key}` });
    expect(data).toEqual({ viewer: { kind: 'ANALYST' } });
  });
});

describe('end users and partners', () => {
  const folder = mkdtempSync(join(tmpdir(), 'kyc-callers-'));
  let world: World;
  let signer: CryptoKey;
  let mine: string;
  let theirs: string;
  let theirVerification: string;
  let theirIdentity: { source: string; externalId: string };
  let partnerKey: string;

  beforeAll(async () => {
    const pair = await generateKeyPair('ES256', { extractable: true });
    signer = pair.privateKey;
    const file = join(folder, 'jwks.json');
    const publicKey = { ...(await exportJWK(pair.publicKey)), kid: 'one', alg: 'ES256' };
    writeFileSync(file, JSON.stringify({ keys: [publicKey] }));
    world = await World.create({ people: 30, settings: SECRET });
    await world.start();
    await world.link();
    interface Held {
      readonly users: {
        readonly nodes: readonly {
          readonly id: string;
          readonly identities: readonly { source: string; externalId: string }[];
          readonly verifications: { readonly nodes: readonly { readonly id: string }[] };
        }[];
      };
    }
    const held = await until('two users have records', async () => {
      const { data } = await world.ask<Held>(
        '{ users { nodes { id identities { source externalId } verifications(freshness: STORED) { nodes { id } } } } }',
      );
      const full = data.users.nodes.filter((node) => node.verifications.nodes.length > 0);
      return full.length > 1 && full;
    });
    const [one, other] = held;
    mine = one?.id ?? '';
    theirs = other?.id ?? '';
    theirVerification = other?.verifications.nodes[0]?.id ?? '';
    theirIdentity = other?.identities[0] ?? expect.unreachable();
    await world.stop();
    partnerKey = await addKey(world, 'PARTNER', ['kyc:status', 'kyc:write', 'kyc:link']);
    const issuer = { AUTH_ISSUER: 'https://issuer.example', AUTH_AUDIENCE: 'kyc' };
    await world.start({ AUTH_JWKS_FILE: file, ...issuer });
  }, 120_000);
  afterAll(async () => {
    await world[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true, force: true });
  });

  const tokenOf = (claims: Record<string, unknown>) =>
    new SignJWT({
      sub: 'someone',
      kind: 'end_user',
      scope: 'kyc:status kyc:link kyc:write kyc:pii',
      ...claims,
    })
      .setProtectedHeader({ alg: 'ES256', kid: 'one' })
      .setIssuer('https://issuer.example')
      .setAudience('kyc')
      .setExpirationTime('5m')
      .sign(signer);
  /** Without the ids of the requests, by which no two answers are the same. */
  const askAs = async (credential: string, query: string, variables: Record<string, unknown> = {}) => {
    const authorization = `Bearer ${credential}`;
    const answer = await ask<Record<string, unknown>>(world.url, query, variables, { authorization });
    const errors = answer.errors.map(({ extensions, ...error }) => ({
      ...error,
      extensions: { ...extensions, requestId: undefined },
    }));
    return { ...answer, errors };
  };

  test('an end user sees their own user, by id or by identity', async () => {
    const { data } = await askAs(
      await tokenOf({ user: mine }),
      '{ viewer { kind user { id } } users { totalCount nodes { id } } verifications { totalCount nodes { user { id } } } }',
    );
    expect(data).toMatchObject({
      viewer: { kind: 'END_USER', user: { id: mine } },
      users: { totalCount: 1, nodes: [{ id: mine }] },
      verifications: { totalCount: expect.any(Number) },
    });
    expect(JSON.stringify(data)).not.toContain(theirs);
    const byIdentity = await tokenOf({ identity: theirIdentity });
    expect((await askAs(byIdentity, '{ viewer { user { id } } }')).data).toEqual({
      viewer: { user: { id: theirs } },
    });
  });

  const QUESTIONS: readonly [string, string][] = [
    ['user', 'query ($user: ID!) { user(id: $user, freshness: LIVE) { id kyc { status } } }'],
    ['node', 'query ($user: ID!) { node(id: $user) { id __typename } }'],
    ['nodes', 'query ($user: ID!, $record: ID!) { nodes(ids: [$user, $record]) { id } }'],
    ['record', 'query ($record: ID!) { verification(id: $record, freshness: LIVE) { id status } }'],
    [
      'identity',
      'query ($source: Source!, $name: ID!) { userByIdentity(source: $source, externalId: $name, freshness: LIVE) { id } }',
    ],
    [
      'refreshUser',
      'mutation ($user: ID!) { refreshUser(input: { id: $user }) { user { id } sources { source } errors { code message path } } }',
    ],
    [
      'connectIdentity',
      `mutation ($user: ID!) { connectIdentity(input: { source: SUMVIN, externalId: "x", credential: "pat", userId: $user })
        { user { id } errors { code message path } } }`,
    ],
    [
      'unlink',
      'mutation ($user: ID!) { unlinkIdentity(input: { userId: $user, identity: { source: FINX, externalId: "x" } }) { errors { code } } }',
    ],
    ['filter', 'query ($name: ID!) { users(filter: { externalId: $name }) { totalCount nodes { id } } }'],
  ];
  /** What a question asks about: something of another user's, or nothing that there is. */
  function variablesOf(query: string) {
    const { source, externalId: name } = theirIdentity;
    const nothing = Buffer.from(theirVerification, 'base64url')
      .toString()
      .replace(/[^:]+$/, 'nothing');
    const idOf = (text: string) => Buffer.from(text).toString('base64url');
    const there = { user: theirs, record: theirVerification, source, name };
    const nowhere = { user: idOf('User:nobody'), record: idOf(nothing), source, name: 'nobody' };
    const named = (from: Record<string, string>) =>
      Object.fromEntries(Object.entries(from).filter(([one]) => query.includes(`$${one}:`)));
    return { there: named(there), nowhere: named(nowhere) };
  }

  test('the questions below are of matter to who sees all', async () => {
    const token = await tokenOf({ kind: 'operator' });
    for (const [name, query] of QUESTIONS.filter(([, one]) => one.startsWith('query'))) {
      const { there, nowhere } = variablesOf(query);
      expect(await askAs(token, query, there), name).not.toEqual(await askAs(token, query, nowhere));
    }
  });

  test.each(QUESTIONS)("%s: what is another's is told of like what is not there", async (_, query) => {
    const { there, nowhere } = variablesOf(query);
    for (const credential of [await tokenOf({ user: mine }), await tokenOf({ user: 'nobody' }), partnerKey]) {
      const calls = () =>
        [...world.sandboxes.values()].reduce((sum, { requests }) => sum + requests.length, 0);
      const before = calls();
      const one = await askAs(credential, query, there);
      expect(one).toEqual(await askAs(credential, query, nowhere));
      expect(JSON.stringify(one)).not.toContain(theirs);
      expect(calls()).toBe(before);
    }
  });

  test('a partner sees nothing until something is granted', async () => {
    const { data, errors } = await askAs(
      partnerKey,
      '{ viewer { kind scopes } users { totalCount nodes { id } } verifications { totalCount nodes { id } } }',
    );
    expect(errors).toEqual([]);
    expect(data).toEqual({
      viewer: { kind: 'PARTNER', scopes: ['kyc:status', 'kyc:write', 'kyc:link'] },
      users: { totalCount: 0, nodes: [] },
      verifications: { totalCount: 0, nodes: [] },
    });
  });

  test('an end user refreshes their own user, and is not told how the sources stand', async () => {
    const token = await tokenOf({ user: mine });
    const { data } = await askAs(
      token,
      'mutation ($id: ID!) { refreshUser(input: { id: $id }) { user { id } errors { code } } }',
      { id: mine },
    );
    expect(data).toEqual({ refreshUser: { user: { id: mine }, errors: [] } });
    const { errors } = await askAs(token, '{ sources { source } }');
    expect(errors).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }]);
  });
});

test('no key, token or secret is in a log, an error or the bytes of the store', async () => {
  await using world = await World.create({ people: 5, settings: SECRET, store: 'SQLITE' });
  const good = await addKey(world, 'ANALYST');
  const bad = makeApiKey().text;
  const jwt = `eyJhbGciOiJFUzI1NiJ9.${Buffer.from('canary-claims').toString('base64url')}.canary-signature`;
  const environment = { ...world.environment, LOG_LEVEL: 'trace' };
  await using gateway = new GatewayProcess(environment, world.folder);
  const url = await until('it is up', () => gateway.url, START_MS);
  const answers: string[] = [];
  for (const credential of [good, bad, `${good}x`, jwt, 'canary-signature'])
    for (const query of ['{ users { nodes { id } } }', '{ nothing }', '{ bad'])
      answers.push(
        await (
          await fetch(url, {
            method: 'POST',
            headers: { 'content-type': 'application/json', authorization: `Bearer ${credential}` },
            body: JSON.stringify({ query }),
          })
        ).text(),
      );
  const { stdout, stderr } = await gateway.end('SIGTERM');
  expect(stderr).toContain('A caller was refused.');
  const files = readdirSync(world.folder, { withFileTypes: true }).filter((entry) => entry.isFile());
  const bytes = files.map(({ name }) => readFileSync(join(world.folder, name)).toString('latin1'));
  const everything = [stdout, stderr, ...answers, ...bytes].join('\n');
  for (const secret of [good.slice(-43), bad.slice(-43), 'canary', SECRET.KYC_SECRET_KEY])
    expect(everything).not.toContain(secret);
}, 120_000);
