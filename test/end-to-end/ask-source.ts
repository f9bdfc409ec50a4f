import type { World } from '../harness/world.ts';

type Query = Readonly<Record<string, string>>;
type Row = { readonly id: string };

/** What the simulators themselves answer over HTTP, asked without any code of the gateway: ids, sorted. */
async function get(url: string, token: string): Promise<Record<string, unknown>> {
  const response = await fetch(url, { headers: { authorization: `Bearer ${token}` } });
  if (!response.ok) throw new Error(`The simulator answered ${response.status}.`);
  return (await response.json()) as Record<string, unknown>;
}

function setting(world: World, name: string): string {
  const value = world.environment[name];
  if (value === undefined) throw new TypeError('The world has no such setting.');
  return value;
}

const idsOf = (rows: readonly Row[]) => rows.map(({ id }) => id).toSorted();

export async function askFinogates(world: World, status: string): Promise<readonly string[]> {
  const form = {
    grant_type: 'client_credentials',
    client_id: setting(world, 'FINOGATES_CLIENT_ID'),
    client_secret: setting(world, 'FINOGATES_CLIENT_SECRET'),
  };
  const tokenUrl = setting(world, 'FINOGATES_TOKEN_URL');
  const granted = await fetch(tokenUrl, { method: 'POST', body: new URLSearchParams(form) });
  const { access_token } = (await granted.json()) as { access_token: string };
  const query = new URLSearchParams({ status_filter: status, limit: '200' });
  const url = `${setting(world, 'FINOGATES_URL')}/v1/platform/kyc-records?${query}`;
  const body = await get(url, access_token);
  return idsOf(body['data'] as Row[]);
}

export async function askFinx(world: World, filter: Query): Promise<readonly string[]> {
  const url = `${setting(world, 'FINX_URL')}/v1/kyc?${new URLSearchParams({ ...filter, limit: '100' })}`;
  const body = await get(url, setting(world, 'FINX_TOKEN'));
  if (body['has_more'] !== false) throw new Error('More than a page.');
  return idsOf(body['data'] as Row[]);
}

export async function askRocketkor(world: World, filter: Query): Promise<readonly string[]> {
  const query = new URLSearchParams({ ...filter, size: '100' });
  const url = `${setting(world, 'ROCKETKOR_URL')}/v1/identity-verifications?${query}`;
  const body = await get(url, setting(world, 'ROCKETKOR_TOKEN'));
  if (body['totalPages'] !== 1 && body['totalElements'] !== 0) throw new Error('More than a page.');
  return idsOf(body['content'] as Row[]);
}
