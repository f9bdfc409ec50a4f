import { describe, expect, test, vi } from 'vitest';

import type { SourceErrorCode } from '#kyc/source-report';
import { rooms } from '#sources/index';
import type { SandboxFault } from '#sources/sandbox';
import type { SourceRoom } from '#sources/source';
import { SourceError } from '#upstream/source-error';

import { openRoom, openSource, READ, readersOf } from './open-room.ts';

/** Longer than all retries with their pauses, shorter than the Retry-After of the simulators. */
const SHORT_MS = 900;

async function open(room: SourceRoom, extra: Readonly<Record<string, string>> = {}) {
  const one = await openRoom(room, extra);
  const [person] = one.people;
  if (person === undefined) throw new Error('No people.');
  return { ...one, person };
}

// Each test has a simulator of its own and waits for deadlines most of the time.
describe.concurrent.each(rooms.map((room) => [room.descriptor.id, room] as const))(
  '%s when it misbehaves',
  (id, room) => {
    const faults: readonly (readonly [SandboxFault, SourceErrorCode, number | null])[] = [
      ['DOWN', 'SOURCE_UNREACHABLE', null],
      ['SLOW', 'SOURCE_TIMEOUT', null],
      ['WRONG', 'SOURCE_BAD_PAYLOAD', null],
      ['HALF', 'SOURCE_UNREACHABLE', null],
      ['UNAVAILABLE', 'SOURCE_UNREACHABLE', 1000],
      ['LIMITED', 'SOURCE_RATE_LIMITED', 1000],
    ];
    const short = { [`${id}_TIMEOUT_MS`]: String(SHORT_MS) };

    test.each(faults)(
      '(%s) is %s to every reader, within the deadline, and whole again afterwards',
      async (fault, code, retryAfterMs) => {
        await using one = await open(room, short);
        for (const [name, reader] of readersOf(one)) {
          one.sandbox.fault = fault;
          const startedMs = performance.now();
          const failure: unknown = await reader(one.person, READ).catch((error: unknown) => error);
          expect(performance.now() - startedMs, name).toBeLessThan(SHORT_MS + 1500);
          expect(failure, name).toBeInstanceOf(SourceError);
          expect(failure, name).toMatchObject({ code, retryAfterMs });
          for (const secret of Object.values(one.environment)) expect(String(failure)).not.toContain(secret);
          one.sandbox.fault = 'NONE';
          await expect(reader(one.person, READ), name).resolves.toBeDefined();
        }
      },
    );

    test('is left at once when the caller gives up', async () => {
      await using one = await open(room, { [`${id}_TIMEOUT_MS`]: '600000' });
      for (const reader of readersOf(one).values()) {
        one.sandbox.fault = 'SLOW';
        const seen = one.sandbox.requests.length;
        const caller = new AbortController();
        const read = reader(one.person, { ...READ, signal: caller.signal });
        await vi.waitFor(() => expect(one.sandbox.requests.length).toBe(seen + 1));
        const reason = new Error('The caller left.');
        caller.abort(reason);
        await expect(read).rejects.toBe(reason);
        expect(one.sandbox.requests.length).toBe(seen + 1);
      }
    });

    test('is not asked at all by a caller who has already given up', async () => {
      await using one = await open(room);
      const reason = new Error('The caller left.');
      for (const reader of readersOf(one).values()) {
        await expect(reader(one.person, { ...READ, signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
      }
      expect(one.sandbox.requests).toEqual([]);
    });

    test("refuses a credential that is not the gateway's", async () => {
      await using one = await open(room);
      for (const name of Object.keys(one.environment).filter((key) => /_(TOKEN|SECRET|API_KEY)$/.test(key))) {
        const source = openSource(room, { ...one.environment, [name]: 'not-the-credential' });
        for (const reader of readersOf({ ...one, source }).values()) {
          await expect(reader(one.person, READ), name).rejects.toMatchObject({ code: 'SOURCE_REFUSED' });
        }
        await source.close();
      }
    });
  },
);
