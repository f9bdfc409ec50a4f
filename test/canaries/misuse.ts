import { sendRaw } from '#server/testing/tiny-server';

import type { CanaryRun } from './canary-run.ts';

/** Settings that are wrong, each with a secret in it; and a store that cannot be reached. */
export async function misconfigure(run: CanaryRun): Promise<void> {
  const secret = (name: string) => {
    const value = `geheim-${name}-55f0`;
    run.keep(`a wrong ${name}`, value);
    return value;
  };
  const file = (name: string) => run.inputFile(name, `{"keys": [{"kty": "oct", "k": "${secret(name)}"}`);
  const wrong: Readonly<Record<string, string>> = {
    HOST: `${secret('host')} x`,
    PORT: secret('port'),
    AUTH: secret('auth'),
    DATABASE_URL: `mysql://me:${secret('database')}@[`,
    KYC_SECRET_KEY: secret('key'),
    KYC_SECRET_KEYS: `${secret('old-key')},x`,
    KYC_ROLLUP: secret('policy'),
    AUTH_JWKS_FILE: file('jwks'),
    AUTH_JWKS_URL: `https://me:${secret('jwks-url')}@issuer.example/`,
    AUTH_NOTHING: secret('unknown'),
    PERSISTED_OPERATIONS_FILE: file('operations'),
    CORS_ORIGINS: secret('origin'),
    LOG_LEVEL: secret('level'),
    FINX_URL: `https://me:${secret('url')}@finx.example`,
    FINX_TOKEN: `${secret('token')}\n`,
    FINX_SECRET: secret('stray'),
    SUMVIN_PATS_FILE: run.inputFile('wrong-pats.jsonl', `{"externalId": "a", "pat": "${secret('pat')}"`),
    UPVEST_SIGNING_KEY_FILE: file('signing-key'),
    UPVEST_TIMEOUT_MS: secret('timeout'),
  };
  await run.command(['start'], wrong);
  for (const [name, value] of Object.entries(wrong).slice(3, 6))
    await run.command(['start', '--check'], { [name]: value });
  await run.command(['start'], {
    DATABASE_URL: `postgres://me:${secret('password')}@127.0.0.1:1/${secret('name')}`,
  });
  const csv = run.inputFile('wrong.csv', `FINX,${secret('column')}\n"${secret('cell')},\n`);
  await run.command(['links', 'import', csv]);
  await run.command(['grants', 'import', csv]);
}

/** Requests that are wrong in every way, with secrets and personal values all over. */
export async function misask(run: CanaryRun, url: string, token: string): Promise<number> {
  let codes = 0;
  const said = (name: string) => {
    const value = `gesagt-${name}-é-66e1`;
    run.keep(`said in ${name}`, value);
    return value;
  };
  const headers = {
    authorization: `Bearer ${token}`,
    cookie: `of=${encodeURIComponent(said('a cookie'))}`,
    'x-forwarded-user': encodeURIComponent(said('a header')),
    'user-agent': encodeURIComponent(said('an agent')),
  };
  const ask = async (where: string, body: string, more: Readonly<Record<string, string>> = {}) => {
    const answer = await run.ask(url, { where, body, headers: { ...headers, ...more } });
    codes += answer.codes.length > 0 ? 1 : 0;
  };
  const v = said('a variable');
  for (const [declared, field] of FIELDS)
    for (const value of [v, [v], { [v]: v }, `${v}\0`, `\uD800${v}`, v.repeat(400), 7_123_456_789])
      await ask(
        'a wrong variable',
        JSON.stringify({ query: `query ($v: ${declared}) { ${field} }`, variables: { v: value } }),
      );
  for (const mutation of MUTATIONS)
    await ask(
      'a wrong mutation',
      JSON.stringify({ query: mutation, variables: { v: `${said('a mutation')}@example.com` } }),
    );
  const q = said('a text');
  for (const query of [
    `{ ${q} }`,
    `{ user(id: "${q}") { id`,
    `{ user(id: "${q}\\u0000") { id } }`,
    `query ${q}`,
    `{ a: ${q}(x: "${q}") }`,
  ])
    await ask('a wrong text', JSON.stringify({ query }));
  for (const body of [
    `{"query":"${said('a body')}`,
    said('no JSON'),
    JSON.stringify({ [said('a parameter')]: 1 }),
    JSON.stringify({ documentId: said('an id') }),
  ])
    await ask('a wrong body', body);
  await ask('another type', said('a form'), { 'content-type': 'text/plain' });
  await ask('another token', '{"query":"{ viewer { kind } }"}', {
    authorization: `Bearer ${encodeURIComponent(said('a token'))}`,
  });
  await ask('another key', '{"query":"{ viewer { kind } }"}', {
    authorization: 'Bearer kyc_kanarienvogel0_geheimnisgeheimnisgeheimnis',
  });
  run.keep('a forged key', 'geheimnisgeheimnis');
  await ask('another scheme', '{}', {
    authorization: `Basic ${Buffer.from(`me:${said('a login')}`).toString('base64')}`,
  });
  const port = Number(new URL(url).port);
  const raw = encodeURIComponent(said('a request line'));
  for (const lines of [
    [
      `GET /graphql?query=${raw}&access_token=${raw} HTTP/1.1`,
      `Host: 127.0.0.1:${port}`,
      `Authorization: Bearer ${token}`,
    ],
    [`GET /${raw} HTTP/1.1`, `Host: 127.0.0.1:${port}`],
    ['POST /graphql HTTP/1.1', `Host: ${raw}.example`, `Origin: https://${raw}.example`],
    [
      `POST /webhooks/finx?of=${raw} HTTP/1.1`,
      `Host: 127.0.0.1:${port}`,
      `X-Webhook-Signature: sha256=${raw}`,
      'Content-Length: 0',
    ],
    [
      `GET /graphql?of=${raw} HTTP/1.1`,
      `Host: 127.0.0.1:${port}`,
      'Connection: Upgrade',
      'Upgrade: websocket',
      `Sec-WebSocket-Key: ${raw}`,
    ],
    [`${raw} ${raw}`, `${raw}: ${raw}`],
    ['POST /graphql HTTP/1.1', `Host: 127.0.0.1:${port}`, `Content-Length: ${raw}`],
  ])
    run.hear(
      'a raw answer',
      await sendRaw(
        port,
        [...lines, ...(lines.some((line) => line.startsWith('Connection')) ? [] : ['Connection: close'])],
        '',
      ),
    );
  return codes;
}

const FIELDS: readonly (readonly [string, string])[] = [
  ['ID!', 'user(id: $v) { id }'],
  ['ID!', 'node(id: $v) { id }'],
  ['[ID!]!', 'nodes(ids: $v) { id }'],
  ['ID!', 'userByIdentity(source: FINX, externalId: $v, freshness: LIVE) { id }'],
  [
    'ID!',
    'verificationByExternalId(source: UPVEST, externalId: $v, externalUserId: "x", freshness: LIVE) { id }',
  ],
  ['String', 'users(after: $v) { totalCount }'],
  ['UserFilter', 'users(filter: $v) { totalCount }'],
  ['String', 'users(filter: { email: $v }) { totalCount }'],
  ['String', 'users(filter: { documentNumber: $v }) { totalCount }'],
  ['String', 'users(filter: { fullName: $v }) { totalCount }'],
  ['[String!]', 'verifications(filter: { sourceStatuses: $v }) { totalCount }'],
  ['Int', 'verifications(first: $v) { totalCount }'],
  ['String', 'statusChanges(after: $v) { totalCount }'],
  ['String', 'verificationStats(groupBy: [SOURCE], timeZone: $v) { count }'],
];

const MUTATIONS = [
  'mutation ($v: String!) { connectIdentity(input: { source: SUMVIN, externalId: "nobody", credential: $v, tenant: $v }) { errors { code message } } }',
  'mutation ($v: ID!) { connectIdentity(input: { source: FINX, externalId: $v, credential: "x" }) { errors { code message } } }',
  'mutation ($v: ID!) { refreshUser(input: { id: $v }) { errors { code message } } }',
  'mutation ($v: ID!) { eraseUser(input: { userId: $v, reason: "A test" }) { errors { code message } } }',
  'mutation ($v: ID!) { mergeUsers(input: { keepId: $v, mergeId: $v }) { errors { code message } } }',
  'mutation ($v: ID!) { revealPersonalData(input: { userId: $v, reason: "A test", minutes: 1 }) { errors { code message } } }',
  'mutation ($v: String!) { revealPersonalData(input: { userId: "x", reason: $v, minutes: 1 }) { errors { code message } } }',
  'mutation ($v: ID!) { disconnectIdentity(input: { source: SUMVIN, externalId: $v }) { errors { code message } } }',
];
