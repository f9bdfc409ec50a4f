import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { expect, test } from 'vitest';

import { rooms } from './index.ts';
import { SandboxWorld } from './sandbox-world.ts';

test('simulators that can tell of each move, in a form that their rooms take for proven', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'world-'));
  const world = new SandboxWorld(rooms, folder);
  const environment = await world.start();
  const heard = new Map<string, boolean>();
  const sources = rooms.map((room) => {
    const settings = room.readSettings(environment, []);
    return settings === null ? expect.unreachable() : room.open(settings);
  });
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => void chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks);
      const source = sources.find(
        ({ descriptor }) => request.url === `/webhooks/${descriptor.id.toLowerCase()}`,
      );
      const proves = source?.webhooks?.proves ?? (() => false);
      const isProven = proves({ headers: request.headersDistinct, body, nowMs: Date.now() });
      const { hint } = source?.webhooks?.read(body.toString()) ?? { hint: null };
      const id = source?.descriptor.id ?? 'nobody';
      heard.set(id, (heard.get(id) ?? true) && isProven && hint?.externalUserId != null);
      response.end();
    });
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  try {
    world.startTelling(`http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`);
    for (let turn = 0; turn < 10 * rooms.length; turn += 1) world.move();
    await expect
      .poll(() => [...heard].toSorted(), { timeout: 30_000 })
      .toEqual([
        ['FINOGATES', true],
        ['UPVEST', true],
      ]);
  } finally {
    await Promise.all(sources.map((source) => source.close()));
    await world.close();
    server.closeAllConnections();
    server.close();
    rmSync(folder, { recursive: true, force: true });
  }
});
