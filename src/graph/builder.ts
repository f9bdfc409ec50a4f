import SchemaBuilder from '@pothos/core';
import RelayPlugin from '@pothos/plugin-relay';

import type { Day, Instant } from '#kyc/instant';
import type { SourceReport } from '#kyc/source-report';

import './audits.ts';
import './change-cursor.ts';
import type { GraphContext } from './context.ts';
import './data-class.ts';
import './cost.ts';
import './needs.ts';
import './refusals.ts';
import { relayOptions } from './relay-options.ts';
import './source-values.ts';
import './store-errors.ts';

/** What a connection can tell beside its page: functions, so that nothing is counted or read unless it is asked for. */
export interface ConnectionExtras {
  readonly totalCount: () => Promise<number>;
  /** Only on connections of verifications; empty on others. */
  readonly sources: () => Promise<readonly SourceReport[]>;
}

export interface GraphTypes {
  Context: GraphContext;
  DefaultFieldNullability: false;
  DefaultEdgesNullability: { list: false; items: false };
  DefaultNodeNullability: false;
  Connection: ConnectionExtras;
  Scalars: {
    DateTime: { Input: Instant; Output: Instant };
    Date: { Input: Day; Output: Day };
    JSON: { Input: unknown; Output: unknown };
    ID: { Input: string; Output: string };
  };
}

/** Holds the schema while `types/` define it; fields are non-null unless they say otherwise. */
export const builder = new SchemaBuilder<GraphTypes>({
  plugins: [
    RelayPlugin,
    'sourceValues',
    'storeErrors',
    'refusals',
    'needs',
    'audits',
    'dataClass',
    'changeCursor',
  ],
  defaultFieldNullability: false,
  relay: relayOptions,
});

builder.queryType({ description: 'What can be read.' });
builder.mutationType({
  description:
    'What can be done. Every payload holds its result, null when refused, and errors: an expected refusal is data, not a GraphQL error.',
});
builder.subscriptionType({
  description:
    'What can be followed, from a cursor of the change log on and without an end. Each event is read, judged and audited by itself, as its caller may see it when it is given.',
});
