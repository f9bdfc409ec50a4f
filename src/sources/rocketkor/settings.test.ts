import { describe, expect, it } from 'vitest';

import { rocketkor } from './index.ts';

describe('the settings', () => {
  const url = { ROCKETKOR_URL: 'https://api.rocketkor.example' };
  const faultsOf = (environment: Readonly<Record<string, string>>) => {
    const faults: string[] = [];
    rocketkor.readSettings({ ...url, ...environment }, faults);
    return faults;
  };

  it('are off without a URL', () => {
    expect(rocketkor.readSettings({ ROCKETKOR_TOKEN: 'x' }, [])).toBeNull();
  });

  it.each<[string, Readonly<Record<string, string>>]>([
    ['a token', { ROCKETKOR_TOKEN: 'token' }],
    ['a key with its secret', { ROCKETKOR_API_KEY: 'key', ROCKETKOR_API_SECRET: 'a secret: with anything' }],
  ])('take %s', (_, environment) => {
    expect(faultsOf(environment)).toEqual([]);
  });

  it.each<[string, Readonly<Record<string, string>>]>([
    ['no credential', {}],
    ['two credentials', { ROCKETKOR_TOKEN: 'x9', ROCKETKOR_API_KEY: 'x9', ROCKETKOR_API_SECRET: 'x9' }],
    ['a key without its secret', { ROCKETKOR_API_KEY: 'x9' }],
    ['a secret without its key', { ROCKETKOR_TOKEN: 'x9', ROCKETKOR_API_SECRET: 'x9' }],
    ['a key with a colon', { ROCKETKOR_API_KEY: 'x9:x9', ROCKETKOR_API_SECRET: 'x9' }],
  ])('refuse %s in one line that shows no value', (_, environment) => {
    const faults = faultsOf(environment);
    expect(faults).toHaveLength(1);
    expect(faults[0]).toContain('ROCKETKOR_API_KEY');
    expect(faults[0]).not.toContain('x9');
  });

  it('name every variable that is read', () => {
    expect(rocketkor.variables).toEqual(
      expect.arrayContaining(['ROCKETKOR_TOKEN', 'ROCKETKOR_API_KEY', 'ROCKETKOR_API_SECRET']),
    );
  });
});
