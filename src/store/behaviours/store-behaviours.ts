import { apiKeyBehaviours } from './api-keys.ts';
import { burialBehaviours } from './burials.ts';
import { connectionBehaviours } from './connections.ts';
import { disorderBehaviours } from './disorder.ts';
import { effort } from './effort.ts';
import { filterBehaviours } from './filters.ts';
import { heldBackBehaviours } from './held-back.ts';
import { importBehaviours } from './imports.ts';
import { intakeBehaviours } from './intake.ts';
import { linkBehaviours } from './links.ts';
import { livesOfPeopleBehaviours } from './lives-of-people.ts';
import { overlapBehaviours } from './overlaps.ts';
import { pageBehaviours } from './pages.ts';
import { pagesThroughChangesBehaviours } from './pages-through-changes.ts';
import { partingBehaviours } from './partings.ts';
import { peopleBehaviours } from './people.ts';
import { rateBehaviours } from './rates.ts';
import { readsTogetherBehaviours } from './reads-together.ts';
import type { OpenFresh } from './reopen.ts';
import { statisticsBehaviours } from './statistics.ts';

/** All that a store promises, whatever the dialect. */
export function storeBehaviours(open: OpenFresh): void {
  intakeBehaviours(open);
  readsTogetherBehaviours(open);
  disorderBehaviours(open);
  peopleBehaviours(open);
  burialBehaviours(open);
  heldBackBehaviours(open);
  pageBehaviours(open);
  filterBehaviours(open);
  linkBehaviours(open);
  connectionBehaviours(open);
  partingBehaviours(open);
  importBehaviours(open);
  overlapBehaviours(open, { runs: 5 * effort });
  livesOfPeopleBehaviours(open, { runs: 12 * effort, commands: 40 });
  statisticsBehaviours(open);
  apiKeyBehaviours(open);
  rateBehaviours(open);
  pagesThroughChangesBehaviours(open, { records: 600, changes: 60, rowsOfPage: 20 });
}
