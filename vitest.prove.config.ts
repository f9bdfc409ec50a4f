import { mergeConfig } from 'vitest/config';

import config from './vitest.config.ts';

/** Proofs that take minutes, run on purpose: `npm run prove`. */
export default mergeConfig(
  // On the disk, as gateways are.
  { ...config, test: { ...config.test, include: [], exclude: [], globalSetup: ['test/postgres-server.ts'] } },
  {
    test: {
      include: [
        'test/prove/**/*.test.ts',
        'src/store/store.test.ts',
        'src/store/postgres-behaviours.test.ts',
      ],
      env: { TEST_EFFORT: '10' },
      maxWorkers: 1,
      testTimeout: 600_000,
      hookTimeout: 120_000,
    },
  },
);
