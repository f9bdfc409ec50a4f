import { describe } from 'vitest';

import { storeBehaviours } from '#store/behaviours/store-behaviours';
import { embeddedOpener } from '#store/testing/open-embedded-fresh';

describe('the store on SQLite', () => {
  storeBehaviours(embeddedOpener());
});
