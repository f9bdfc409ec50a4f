import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import type { Audit, AuditEntry } from '#access/audit';
import { type ClearReads, createClearReads } from '#access/clear-reads';
import { createRefusals, type Refusals } from '#access/refusals';
import { startTinyServer, type TinyServer } from '#server/testing/tiny-server';
import { StoreUnavailableError } from '#store/database';

/** What every request of a test reads and is refused, and how the audit takes it. */
interface World {
  note: (noted: { clearReads: ClearReads; refusals: Refusals }) => void;
  append: Audit['append'];
}

let server: TinyServer;
let world: World;
let appended: { subject: string; requestId: string; entries: readonly AuditEntry[] }[];
beforeEach(async () => {
  appended = [];
  world = {
    note: () => {},
    append: async ({ principal: { subject }, requestId }, entries) =>
      void appended.push({ subject, requestId, entries }),
  };
  server = await startTinyServer({
    contextFor: (facts) => {
      const noted = { clearReads: createClearReads(), refusals: createRefusals() };
      const clearances = { reasonFor: (userId: string) => REASONS.get(userId) ?? null };
      world.note(noted);
      const audit: Audit = { append: (...args) => world.append(...args) };
      return { ...facts, ...noted, clearances, audit };
    },
  });
});
afterEach(async () => await server.close());

/** Why whom the caller has revealed. */
const REASONS: ReadonlyMap<string, string> = new Map([['user-1', 'case 7']]);

const readsInClear: World['note'] = ({ clearReads }) => {
  clearReads.note('user-1', 'Person.email');
  clearReads.note('user-2', 'KycRecord.raw');
  clearReads.note('user-1', 'Person.email');
  clearReads.note('user-1', 'KycRecord.raw');
  clearReads.note('user-1', 'Person.fullName');
};
const isRefused: World['note'] = ({ refusals }) => refusals.note('READ', 'Query.auditLog');
const isDown: World['append'] = () => Promise.reject(new StoreUnavailableError('It is down.'));

describe('an answer', () => {
  test('leaves when what it gives in clear is committed, and not before', async () => {
    world.note = readsInClear;
    const entered = Promise.withResolvers<void>();
    const release = Promise.withResolvers<void>();
    world.append = async () => {
      entered.resolve();
      await release.promise;
    };
    let isAnswered = false;
    const answer = server.ask('{ hello }').then(async (response) => {
      isAnswered = true;
      return await response.json();
    });
    await entered.promise;
    // Another request is answered meanwhile: were the first one's answer on its way, it would be here before.
    world.note = () => {};
    await (await server.ask('{ hello }')).text();
    expect(isAnswered).toBe(false);
    release.resolve();
    expect(await answer).toEqual({ data: { hello: 'world' } });
  });

  test('has one entry for each user and what for, payloads apart, and one for each thing refused', async () => {
    world.note = (noted) => {
      readsInClear(noted);
      isRefused(noted);
    };
    const response = await server.ask('{ hello }');
    const entry = { reason: null, decision: 'ALLOWED' };
    const forCase = { reason: 'case 7' };
    expect(appended).toEqual([
      {
        subject: 'local',
        requestId: response.headers.get('x-request-id'),
        entries: [
          {
            ...entry,
            ...forCase,
            action: 'READ_CLEAR',
            userId: 'user-1',
            fields: ['Person.email', 'Person.fullName'],
          },
          { ...entry, ...forCase, action: 'READ_RAW', userId: 'user-1', fields: ['KycRecord.raw'] },
          { ...entry, action: 'READ_RAW', userId: 'user-2', fields: ['KycRecord.raw'] },
          { ...entry, action: 'READ', userId: null, fields: ['Query.auditLog'], decision: 'REFUSED' },
        ],
      },
    ]);
  });

  test('with clear values that cannot be audited is an error without any data', async () => {
    world.note = readsInClear;
    world.append = isDown;
    const response = await server.ask('{ hello }');
    expect(response.status).toBe(503);
    const body = (await response.json()) as object;
    expect(body).toEqual({
      errors: [
        { message: expect.any(String), extensions: expect.objectContaining({ code: 'STORE_UNAVAILABLE' }) },
      ],
    });
    expect(server.logLines.join()).toContain('The audit cannot be written.');
  });

  test('without clear values goes out, whether its refusals can be audited or not', async () => {
    world.note = isRefused;
    world.append = isDown;
    expect(await (await server.ask('{ hello }')).json()).toEqual({ data: { hello: 'world' } });
  });

  test('that gives and is refused nothing asks nothing of the audit', async () => {
    world.append = isDown;
    expect(await (await server.ask('{ hello }')).json()).toEqual({ data: { hello: 'world' } });
    expect(server.logLines).toEqual([]);
  });

  test('without data gave nothing in clear', async () => {
    world.note = readsInClear;
    expect(await (await server.ask('{ crashHard }')).json()).toMatchObject({ data: null });
    await server.ask('{ nothingSuch }');
    expect(appended).toEqual([]);
  });
});
