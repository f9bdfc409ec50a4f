import { describe, expect, it } from 'vitest';

import { SEES_NOTHING, type Sight } from '#kyc/sight';
import { sourceId } from '#kyc/source-id';
import { explainedSqlite } from '#store/testing/explained-sqlite';

const finx = sourceId('FINX');
const ORDER = { by: 'lastChangedAt', direction: 'DESC' } as const;
const { database, reads, plansOf } = explainedSqlite();

describe('reads of a partner on SQLite', () => {
  const ALL_WAYS = { users: ['u'], partner: 'acme', sources: [finx], businessAccounts: ['b'] };
  const partners: readonly Sight[] = [
    { ...SEES_NOTHING, partner: 'acme' },
    { ...SEES_NOTHING, businessAccounts: ['b'] },
    ALL_WAYS,
  ];

  it('are by key where keys are given, however much is granted', async () => {
    const ids = ['a', 'b', 'c'];
    for (const sight of partners)
      for (const read of [
        () => reads().readUsers(ids, sight),
        () => reads().readUsersByIdentity([{ source: finx, externalId: 'x' }], sight),
        () => reads().readVerifications(ids, sight),
        () => reads().readVerificationsOfUsers(ids, sight),
      ])
        for (const plan of await plansOf(read))
          expect(plan).not.toMatch(
            /SCAN (users|identities|verifications|subjects|user_aliases|grants|application|reached)/,
          );
  });

  it('start from what is granted where no source is', async () => {
    const page = { take: 50, direction: 'FORWARD', after: null, before: null } as const;
    for (const sight of partners.slice(0, 2))
      for (const read of [
        () => reads().pageVerifications({ filter: {}, order: ORDER, page }, sight),
        () => reads().pageUsers({ filter: {}, page }, sight),
        () => reads().countVerifications({}, sight),
        () => reads().countUsers({}, sight),
      ]) {
        const plan = (await plansOf(read)).join('\n');
        expect(plan).toMatch(
          /SEARCH (grants|application|verifications) USING .*(partner|business_account_id)=\?/,
        );
        expect(plan).not.toMatch(/SCAN (users|identities|verifications|subjects|grants|application|reached)/);
      }
  });

  it('walk the list in its order where much is granted: a page costs what a page costs', async () => {
    const page = { take: 50, direction: 'FORWARD', after: null, before: null } as const;
    const sight = { ...SEES_NOTHING, partner: 'large' };
    const granted = { partner: 'large', kind: 'USER', granted_at: '', granted_by: '' } as const;
    const rows = Array.from({ length: 2001 }, (_, n) => ({ ...granted, value: `user-${n}` }));
    await database().write.insertInto('grants').values(rows).execute();
    for (const [read, index] of [
      [
        () => reads().pageVerifications({ filter: {}, order: ORDER, page }, sight),
        'verifications_last_changed_at',
      ],
      [() => reads().pageUsers({ filter: {}, page }, sight), 'users_created_at'],
    ] as const) {
      const plan = (await plansOf(read)).join('\n');
      expect(plan).toMatch(new RegExp(`(SEARCH|SCAN) \\w+ USING INDEX ${index}_desc`));
      expect(plan).not.toContain('TEMP B-TREE');
    }
  });
});
