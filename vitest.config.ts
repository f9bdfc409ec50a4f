import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { defineConfig } from 'vitest/config';

// Hundreds of tests open a store with two threads of its own: their sources are stripped of types once, not each time.
process.env['NODE_COMPILE_CACHE'] ??= join(tmpdir(), 'kyc-gateway-compile-cache');

export default defineConfig({
  // Without these conditions vitest loads graphql's development build beside Pothos's own copy.
  ssr: { resolve: { conditions: ['module-sync', 'node', 'default'] } },
  test: {
    include: ['src/**/*.test.ts', 'test/**/*.test.ts'],
    exclude: ['test/prove/**', '**/node_modules/**'],
    globalSetup: ['test/postgres-server.ts', 'test/temporary-folders.ts'],
    maxWorkers: '100%',
    // No file keeps state in a module: workers are used again, which saves a tenth of the time.
    isolate: false,
    testTimeout: 20_000,
    hookTimeout: 30_000,
    // A machine that CI shares stalls now and then. The summary names every test that needed its second try.
    retry: process.env['CI'] === 'true' ? 1 : 0,
    coverage: { provider: 'v8', include: ['src/**/*.ts'] },
  },
});
