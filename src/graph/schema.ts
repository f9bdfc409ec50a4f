import { assertValidSchema, type GraphQLSchema } from 'graphql';

import './scalars.ts';
import './types/audit-log.ts';
import './types/check.ts';
import './types/connect-identity.ts';
import './types/disconnect-identity.ts';
import './types/erase-user.ts';
import './types/grant-access.ts';
import './types/idv-application.ts';
import './types/kyc-record.ts';
import './types/link-identities.ts';
import './types/merge-users.ts';
import './types/node.ts';
import './types/put-aside-events.ts';
import './types/refresh-user.ts';
import './types/replay-put-aside-events.ts';
import './types/reveal-personal-data.ts';
import './types/source-info.ts';
import './types/status-change.ts';
import './types/status-changed.ts';
import './types/status-changes.ts';
import './types/unmapped-status.ts';
import './types/unlink-identity.ts';
import './types/user.ts';
import './types/user-verifications.ts';
import './types/user-kyc-change.ts';
import './types/user-kyc-changed.ts';
import './types/users.ts';
import './types/verification.ts';
import './types/verification-query.ts';
import './types/verification-stats.ts';
import './types/viewer.ts';
import { builder } from './builder.ts';
import type { SourceOfSchema } from './source-values.ts';

export type { SourceOfSchema } from './source-values.ts';

/**
 * The graph over the given sources: all of the registry in its order, switched on or not, so that the schema does not
 * depend on settings. The files of `types/` hold each an object with its connection, queries and mutations; they take
 * what they need from the context (context.ts) and never from a source.
 */
export function createSchema(sources: readonly SourceOfSchema[]): GraphQLSchema {
  const schema = builder.toSchema({ sources, sortSchema: false });
  // Else done while the first request waits, which holds all others up.
  assertValidSchema(schema);
  return schema;
}
