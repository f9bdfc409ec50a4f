import { defineConfig } from 'vitest/config';

export default defineConfig({
  // Without these conditions vitest loads graphql's development build beside Pothos's own copy.
  ssr: { resolve: { conditions: ['module-sync', 'node', 'default'] } },
  test: {
    include: ['src/**/*.test.ts', 'test/**/*.test.ts'],
    exclude: ['test/prove/**', '**/node_modules/**'],
    globalSetup: ['test/postgres-server.ts'],
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
