import { type ExpectedRecord, expectedRecord, person } from './expected-record.ts';
import { RawRow } from './raw-row.ts';
import { readStatus } from './statuses.ts';
import { dateTime } from './time.ts';

/** An Identity Verification Application: decided when completed; entities and history by the same rule of outcomes. */
export function expectedOfRocketkor(raw: unknown): ExpectedRecord {
  const row = new RawRow(raw);
  const sourceStatus = row.text('latestStatus');
  const outcome = row.text('outcome');
  const completedAt = row.rfc3339('completedAt');
  const accountId = row.id('accountId');
  const entities = row.list('entities');
  const rest = {
    businessAccountId: row.id('businessAccountId'),
    accountId,
    accountType: row.text('accountType'),
    profileId: row.text('identityVerificationProfileId'),
    person: personOf(row),
    outcome,
    completedAt: dateTime(completedAt),
    metadata: row.json('metadata'),
    ...actorsOf(row),
    entities: entities.map(entityOf),
    sourceHistory: row.list('statusHistory').map(entryOf),
  };
  const times = {
    createdAt: row.rfc3339('createdAt'),
    updatedAt: row.rfc3339('updatedAt'),
    decidedAt: completedAt,
  };
  const reading = readStatus('ROCKETKOR', sourceStatus, outcome);
  const ids = { externalId: row.text('id'), externalUserId: accountId };
  const record = expectedRecord(
    row,
    { typename: 'IdvApplication', source: 'ROCKETKOR', ...ids, sourceStatus, reading, outcome, times },
    rest,
  );
  const entityAccounts = entities.map((entity) => entity.id('accountId')).filter((id) => id !== null);
  return { ...record, entityAccounts };
}

function entityOf(entity: RawRow) {
  const sourceStatus = entity.text('status');
  const outcome = entity.text('outcome');
  return {
    accountId: entity.id('accountId'),
    person: personOf(entity),
    entityType: entity.text('entityType'),
    status: readStatus('ROCKETKOR', sourceStatus, outcome).status,
    sourceStatus,
    outcome,
    outcomeDetails: entity.list('outcomeDetails').map((detail) => ({
      reasons: detail
        .list('outcomeReasons')
        .map((reason) => ({ name: reason.text('name'), type: reason.text('type') })),
      tags: detail.words('tags'),
    })),
    sourceHistory: entity.list('statusHistory').map(entryOf),
    processingSummary: entity.json('processingSummary'),
    documentUploadUrl: entity.text('docUploadUrl'),
    createdAt: dateTime(entity.rfc3339('createdAt')),
    updatedAt: dateTime(entity.rfc3339('updatedAt')),
    ...actorsOf(entity),
  };
}

function entryOf(entry: RawRow) {
  const sourceStatus = entry.text('status');
  const outcome = entry.text('outcome');
  return {
    id: entry.id('id'),
    entityId: entry.id('entityId'),
    status: readStatus('ROCKETKOR', sourceStatus, outcome).status,
    sourceStatus,
    message: entry.text('message'),
    outcome,
    createdAt: dateTime(entry.rfc3339('createdAt')),
    updatedAt: dateTime(entry.rfc3339('updatedAt')),
  };
}

function personOf(row: RawRow) {
  return person({
    givenName: row.text('firstName'),
    familyName: row.text('lastName'),
    legalName: row.text('legalName'),
  });
}

function actorsOf(row: RawRow) {
  const actorOf = (actor: RawRow | null) =>
    actor === null ? null : { id: actor.id('id'), type: actor.text('type') };
  return { createdBy: actorOf(row.below('createdBy')), updatedBy: actorOf(row.below('updatedBy')) };
}
