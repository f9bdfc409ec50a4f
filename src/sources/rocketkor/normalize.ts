import type { FetchedRecord } from '#kyc/fetched-record';
import type {
  Actor,
  IdvApplication,
  IdvApplicationDetails,
  IdvApplicationPersonal,
  IdvEntity,
  IdvEntityPersonal,
  IdvOutcomeDetail,
  IdvStatusEntry,
} from '#kyc/idv-application';
import { type Person, personOrNull } from '#kyc/person';
import { sourceId } from '#kyc/source-id';
import { type ParsedRow, parseRow } from '#upstream/parse-row';

import { readStatus } from './statuses.ts';
import {
  type WireActor,
  type WireApplication,
  type WireEntity,
  type WireOutcomeDetail,
  type WireStatusEntry,
  wireApplication,
} from './wire.ts';

export const ROCKETKOR = sourceId('ROCKETKOR');

/** Reads one row of the list; null when it cannot be identified. */
export function normalizeApplication(raw: unknown): FetchedRecord | null {
  const parsed = parseRow(wireApplication, raw);
  return parsed === null ? null : { verification: toApplication(parsed), raw };
}

function toApplication({ row, faults }: ParsedRow<WireApplication>): IdvApplication {
  return {
    kind: 'IDV_APPLICATION',
    source: ROCKETKOR,
    externalId: row.id,
    externalUserId: row.accountId,
    ...readStatus(row.latestStatus, row.outcome),
    sourceStatus: row.latestStatus,
    outcome: row.outcome,
    canRetry: null,
    createdAt: row.createdAt,
    updatedAt: row.updatedAt,
    decidedAt: row.completedAt,
    documentExpiresOn: null,
    faults,
    details: toDetails(row),
    personal: toPersonal(row),
  };
}

function toDetails(row: WireApplication): IdvApplicationDetails {
  return {
    businessAccountId: row.businessAccountId,
    accountType: row.accountType,
    profileId: row.identityVerificationProfileId,
    completedAt: row.completedAt,
    createdBy: toActor(row.createdBy),
    updatedBy: toActor(row.updatedBy),
    entities: row.entities.map(toEntity),
  };
}

function toPersonal(row: WireApplication): IdvApplicationPersonal {
  return {
    person: toPerson(row),
    metadata: row.metadata,
    sourceHistory: row.statusHistory.map(toStatusEntry),
    entities: row.entities.map(toEntityPersonal),
  };
}

function toEntity(entity: WireEntity): IdvEntity {
  return {
    accountId: entity.accountId,
    entityType: entity.entityType,
    ...readStatus(entity.status, entity.outcome),
    sourceStatus: entity.status,
    outcome: entity.outcome,
    createdAt: entity.createdAt,
    updatedAt: entity.updatedAt,
    createdBy: toActor(entity.createdBy),
    updatedBy: toActor(entity.updatedBy),
  };
}

function toEntityPersonal(entity: WireEntity): IdvEntityPersonal {
  return {
    person: toPerson(entity),
    outcomeDetails: entity.outcomeDetails.map(toOutcomeDetail),
    sourceHistory: entity.statusHistory.map(toStatusEntry),
    processingSummary: entity.processingSummary,
    documentUploadUrl: entity.docUploadUrl,
  };
}

function toStatusEntry(entry: WireStatusEntry): IdvStatusEntry {
  return {
    id: entry.id,
    entityId: entry.entityId,
    status: readStatus(entry.status, entry.outcome).status,
    sourceStatus: entry.status,
    message: entry.message,
    outcome: entry.outcome,
    createdAt: entry.createdAt,
    updatedAt: entry.updatedAt,
  };
}

function toOutcomeDetail(detail: WireOutcomeDetail): IdvOutcomeDetail {
  return { reasons: detail.outcomeReasons, tags: detail.tags.filter((tag) => tag !== null) };
}

/** RocketKOR gives no full name, and which part comes first differs by culture: none is put together. */
function toPerson(named: Pick<WireEntity, 'firstName' | 'lastName' | 'legalName'>): Person | null {
  return personOrNull({
    givenName: named.firstName,
    familyName: named.lastName,
    legalName: named.legalName,
  });
}

function toActor(actor: WireActor): Actor | null {
  return actor === null || (actor.id === null && actor.type === null) ? null : actor;
}
