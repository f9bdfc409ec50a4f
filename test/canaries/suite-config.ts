import { mergeConfig } from 'vitest/config';

import config from '../../vitest.config.ts';

/** The whole suite, looked through while it runs: test/prove/canaries-in-suite.test.ts. */
export default mergeConfig(config, { test: { setupFiles: ['test/canaries/suite-setup.ts'] } });
