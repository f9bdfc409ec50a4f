import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, expect, test } from 'vitest';

import { rooms } from './index.ts';
import { SandboxWorld } from './sandbox-world.ts';

const folder = mkdtempSync(join(tmpdir(), 'kyc-world-'));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test('a world that cannot be written goes on, and is written once it can be', async () => {
  const world = new SandboxWorld(rooms, folder);
  await world.start();
  const file = join(folder, 'world.json');
  expect(existsSync(file)).toBe(true);
  rmSync(folder, { recursive: true });
  world.move();
  expect(existsSync(file)).toBe(false);
  await mkdir(folder);
  world.move();
  expect(existsSync(file)).toBe(true);
  await world.close();
});
