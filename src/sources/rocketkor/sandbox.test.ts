import { beforeEach, describe, expect, it } from 'vitest';

import { createSandboxPeople } from '#sources/sandbox-people';

import { normalizeApplication, ROCKETKOR } from './normalize.ts';
import { RocketkorSandbox } from './sandbox.ts';
import type { SandboxApplication } from './sandbox-applications.ts';

const people = createSandboxPeople(220, [ROCKETKOR]);
let sandbox: RocketkorSandbox;
beforeEach(() => {
  sandbox = new RocketkorSandbox(people);
});

describe('the simulator', () => {
  it('moves times, history and entities with every status', () => {
    for (let turn = 0; turn < 40; turn += 1) {
      const before = new Map(sandbox.records().map((held) => [held.id, held]));
      sandbox.move();
      const moved = sandbox.records().filter((held) => held !== before.get(held.id));
      expect(moved.length).toBeGreaterThanOrEqual(1);
      expect(moved.length).toBeLessThanOrEqual(3);
      for (const held of moved) expectStepped(before.get(held.id), held);
    }
  });

  function expectStepped(before: SandboxApplication | undefined, after: SandboxApplication): void {
    expect(Date.parse(after.updatedAt)).toBeGreaterThan(Date.parse(before?.updatedAt ?? ''));
    expect(after.statusHistory).toHaveLength((before?.statusHistory.length ?? 0) + 1);
    expect(after.statusHistory.at(-1)?.status).toBe(after.latestStatus);
    expect(after.completedAt).toBe(after.latestStatus === 'COMPLETED' ? after.updatedAt : null);
    for (const entity of after.entities) expect(entity.status).toBe(after.latestStatus);
  }

  it('takes approvals back', () => {
    for (let turn = 0; turn < 400; turn += 1) sandbox.move();
    const revoked = sandbox.records().filter(({ statusHistory }) => {
      const [before, last] = statusHistory.slice(-2);
      return before?.outcome?.toLowerCase() === 'approved' && last?.outcome === 'Denied';
    });
    expect(revoked.length).toBeGreaterThan(0);
  });

  it('holds again what an earlier run held', () => {
    sandbox.move();
    const other = new RocketkorSandbox(people);
    other.restore(JSON.parse(JSON.stringify(sandbox.records())));
    expect(other.records()).toEqual(sandbox.records());
  });

  it('holds businesses whose individuals are people of their own', () => {
    const accounts = new Set(people.map((person) => sandbox.externalUserIdOf(person)));
    const businesses = sandbox.records().filter(({ accountType }) => accountType === 'BUSINESS_CUSTOMER');
    const sizes = businesses.map(({ entities }) => entities.length);
    expect(new Set(sizes)).toEqual(new Set([0, 2, 3]));
    for (const { accountId, entities } of businesses) {
      for (const individual of entities.slice(1)) {
        expect(individual.accountId).not.toBe(accountId);
        expect(accounts.has(individual.accountId)).toBe(true);
      }
    }
  });

  it('holds every status and oddity that the tests of the whole need', () => {
    const read = sandbox.records().map((held) => normalizeApplication(held)?.verification);
    const reasons = new Set(read.map((record) => record?.reason));
    for (const reason of ['STATUS_UNRECOGNISED', 'OUTCOME_MISSING', 'OUTCOME_UNRECOGNISED']) {
      expect(reasons).toContain(reason);
    }
    const paths = new Set(read.flatMap((record) => record?.faults.map(({ path }) => path) ?? []));
    for (const path of ['updatedAt', 'metadata', 'identityVerificationProfileId', 'entities.0.createdAt']) {
      expect(paths).toContain(path);
    }
    expect(new Set(read.map((record) => record?.status))).toEqual(
      new Set([
        'PENDING',
        'IN_REVIEW',
        'ACTION_REQUIRED',
        'APPROVED',
        'REJECTED',
        'EXPIRED',
        'ERROR',
        'UNKNOWN',
      ]),
    );
  });
});
