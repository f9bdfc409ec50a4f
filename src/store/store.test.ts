import { describe } from 'vitest';

import { storeBehaviours } from './behaviours/store-behaviours.ts';
import { openEmbeddedFresh } from './testing/open-embedded-fresh.ts';

describe('the store on SQLite', () => {
  storeBehaviours(openEmbeddedFresh);
});
