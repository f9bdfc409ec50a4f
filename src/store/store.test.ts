import { describe } from 'vitest';

import { storeBehaviours } from '#store/behaviours/store-behaviours';
import { openEmbeddedFresh } from '#store/testing/open-embedded-fresh';

describe('the store on SQLite', () => {
  storeBehaviours(openEmbeddedFresh);
});
