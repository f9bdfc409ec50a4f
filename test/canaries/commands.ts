import { generateKeyPairSync, randomBytes } from 'node:crypto';

import type { Canary } from './canaries.ts';
import type { CanaryRun } from './canary-run.ts';

/** Who is whom, credentials, and a key: before there is a gateway. @returns the key, which is shown once */
export async function prepare(run: CanaryRun): Promise<string> {
  const { world } = run;
  const sources = [...world.sandboxes.keys()];
  const lines = world.people.map((person) => {
    const names = new Map(world.identitiesOf(person).map(({ source, externalId }) => [source, externalId]));
    return sources.map((source) => names.get(source) ?? '').join(',');
  });
  const csv = run.inputFile('people.csv', `${[sources.join(','), ...lines].join('\n')}\n`);
  await run.command(['links', 'import', csv]);
  const pats = world.people.flatMap((person) => {
    const owner = world.sandbox('SUMVIN').credentialOf(person);
    const externalId = world.sandbox('SUMVIN').externalUserIdOf(person);
    if (owner === null) return [];
    run.keep('a personal access token', owner.credential);
    return [JSON.stringify({ externalId, pat: owner.credential, tenant: owner.tenant })];
  });
  const { privateKey } = generateKeyPairSync('ed25519');
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  run.keep('the key that signs', pem.split('\n')[1] ?? '');
  run.environment = {
    ...run.environment,
    SUMVIN_PATS_FILE: run.inputFile('pats.jsonl', pats.join('\n')),
    UPVEST_SIGNING_KEY_FILE: run.inputFile('signing.pem', pem),
    UPVEST_SIGNING_KEY_ID: 'one',
  };
  const create = ['keys', 'create', '--kind', 'partner', '--subject', 'acme', '--scope', 'kyc:status'];
  return keepKey(run, (await run.command(create, {}, isKey)).out);
}

const isKey = ({ kind }: Canary) => kind === 'secret: an API key';

function keepKey(run: CanaryRun, out: string): string {
  const key = /kyc_\S+/.exec(out)?.[0];
  if (key === undefined) throw new Error('No key was made.');
  run.keep('an API key', key);
  run.keep('an API key', key.slice(key.lastIndexOf('_') + 1));
  return key;
}

/** What is run beside gateways, and between them; a change of key last. */
export async function runCommands(run: CanaryRun): Promise<void> {
  const { out } = await run.command(['keys', 'list']);
  const [id = 'none'] = (out.split('\n')[1] ?? '').split(',');
  keepKey(run, (await run.command(['keys', 'rotate', id], {}, isKey)).out);
  await run.command(['keys', 'revoke', id]);
  for (const args of [
    ['links', 'export'],
    ['grants', 'export'],
    ['grants', 'list'],
    ['scans', 'list'],
    ['webhooks', 'list'],
    ['webhooks', 'replay'],
    ['audit', 'verify'],
  ])
    await run.command(args);
  const { KYC_SECRET_KEY: old = '', KYC_SECRET_KEYS: older = '' } = run.environment;
  const key = randomBytes(32).toString('base64');
  run.keep('the next key', key);
  run.environment = { ...run.environment, KYC_SECRET_KEY: key, KYC_SECRET_KEYS: `${old},${older}` };
  const { code } = await run.command(['rekey']);
  if (code !== 0) throw new Error('The key was not changed.');
}
