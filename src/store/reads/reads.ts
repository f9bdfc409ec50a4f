import type { Database } from '#store/database';
import type { Sealers } from '#store/sealing';
import { inSnapshot } from '#store/snapshot';
import { unmappedStatuses } from '#store/statistics/unmapped-statuses';
import { decisionTimes, verificationStats } from '#store/statistics/verification-stats';
import type { StoreReads } from '#store/store-reads';

import { countUsers, pageUsers } from './page-users.ts';
import { countVerifications, pageVerifications } from './page-verifications.ts';
import { readUsers, readUsersByIdentity } from './read-users.ts';
import { countOfSource, readRaw, readVerifications, readVerificationsOfUsers } from './read-verifications.ts';

/** The reading half of the store. What takes several statements is read from one state of it. */
export function createReads(database: Database, sealers: Sealers): Omit<StoreReads, 'changes'> {
  const { read, dialect } = database;
  return {
    readUsers: (ids, sight) => inSnapshot(read, (transaction) => readUsers(transaction, dialect, ids, sight)),
    readUsersByIdentity: (refs, sight) =>
      inSnapshot(read, (transaction) => readUsersByIdentity(transaction, dialect, refs, sight)),
    readVerifications: (ids, sight) => readVerifications(database, sealers, ids, sight),
    readRaw: (id, sight) => readRaw(database, sealers, id, sight),
    readVerificationsOfUsers: (userIds, sight) =>
      inSnapshot(read, (transaction) =>
        readVerificationsOfUsers(transaction, { dialect, sealers }, userIds, sight),
      ),
    pageVerifications: (query, sight) => pageVerifications(database, sealers, query, sight),
    countVerifications: (filter, sight) => countVerifications(database, filter, sight),
    pageUsers: (query, sight) => pageUsers(database, sealers, query, sight),
    countUsers: (filter, sight) => countUsers(database, sealers, filter, sight),
    countOfSource: (source) => countOfSource(database, source),
    verificationStats: (query, sight) => verificationStats(database, query, sight),
    decisionTimes: (query, sight) => decisionTimes(database, query, sight),
    unmappedStatuses: (sight) => unmappedStatuses(database, sight),
  };
}
