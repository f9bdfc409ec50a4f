import { describe, expect, test } from 'vitest';

import { readSettings, variables } from './settings.ts';

const URL = { FINOGATES_URL: 'https://api.example.com' };
const CREDENTIALS = {
  FINOGATES_TOKEN_URL: 'https://api.example.com/v1/platform/auth/token',
  FINOGATES_CLIENT_ID: 'id',
  FINOGATES_CLIENT_SECRET: 'secret',
};

function faultsOf(environment: Readonly<Record<string, string>>): readonly string[] {
  const faults: string[] = [];
  readSettings(environment, faults);
  return faults;
}

describe('settings', () => {
  test('are null without the URL', () => {
    expect(readSettings(CREDENTIALS, [])).toBeNull();
  });

  test('take a static token or client credentials', () => {
    const faults: string[] = [];
    const withToken = readSettings({ ...URL, FINOGATES_TOKEN: 't' }, faults);
    expect(withToken).toMatchObject({ token: 't', clientCredentials: null, ratePerS: null });
    const withCredentials = readSettings({ ...URL, ...CREDENTIALS }, faults);
    expect(withCredentials).toMatchObject({ token: null, clientCredentials: { clientId: 'id' } });
    expect(faults).toEqual([]);
  });

  test('without either, or with both, are at fault', () => {
    expect(faultsOf(URL)).toEqual([expect.stringMatching(/one of the two must be set\.$/)]);
    const both = faultsOf({ ...URL, ...CREDENTIALS, FINOGATES_TOKEN: 'S3CRET' });
    expect(both).toEqual([expect.stringMatching(/must be set, not both\.$/)]);
    expect(both.join()).not.toContain('S3CRET');
  });

  test('with credentials that lack a part name it', () => {
    expect(faultsOf({ ...URL, ...CREDENTIALS, FINOGATES_CLIENT_ID: '' })).toEqual([
      expect.stringMatching(/^FINOGATES_CLIENT_ID must be set too/),
    ]);
  });

  test('name every variable they read', () => {
    expect(variables).toEqual(expect.arrayContaining([...Object.keys(URL), ...Object.keys(CREDENTIALS)]));
  });
});
