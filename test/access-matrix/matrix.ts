/**
 * Who is given what: every field of every type and every root field, for every kind of caller. It is executed whole
 * (access-matrix.test.ts), and a field of the schema that stands nowhere here fails.
 *
 * VALUE: as it is (of what is not personal). CLEAR: a personal value as the source gave it. MASK: what stays of it.
 * NULL: null, or of a list nothing. FORBID: null, with the error FORBIDDEN. UNSEEN: there is nothing above it.
 */
export const cells = ['VALUE', 'CLEAR', 'MASK', 'NULL', 'FORBID', 'UNSEEN'] as const;
export type Cell = (typeof cells)[number];

/**
 * Callers, and whose data they ask for. One without + has kyc:status (and kyc:pii where data were revealed to it), one
 * with + every scope that there is. `own`: an end user, of themselves; `within`: own+ of others in an application of theirs.
 * `revealed`: an analyst who had these users revealed, the other analysts have not. `partner`: one to whom these users
 * were granted. `local`: the operator of an open gateway.
 */
export const columns = [
  'own',
  'own+',
  'within',
  'analyst',
  'analyst+',
  'revealed',
  'partner',
  'partner+',
  'operator+',
  'operator+ revealed',
  'local',
] as const;
export type Column = (typeof columns)[number];

/** By name, the cells in the order of the columns. */
const BEHAVIOURS = `
  name             own    own+   within | analyst analyst+ revealed | partner partner+ | operator+ revealed local
  OPEN             VALUE  VALUE  UNSEEN   VALUE   VALUE    VALUE      VALUE   VALUE      VALUE     VALUE    VALUE
  OPEN_WITHIN      VALUE  VALUE  VALUE    VALUE   VALUE    VALUE      VALUE   VALUE      VALUE     VALUE    VALUE
  OTHER_USER       VALUE  VALUE  NULL     VALUE   VALUE    VALUE      VALUE   VALUE      VALUE     VALUE    VALUE
  MASKED           CLEAR  CLEAR  UNSEEN   MASK    MASK     CLEAR      MASK    MASK       MASK      CLEAR    MASK
  MASKED_WITHIN    CLEAR  CLEAR  NULL     MASK    MASK     CLEAR      MASK    MASK       MASK      CLEAR    MASK
  CLEARANCE_WITHIN CLEAR  CLEAR  MASK     MASK    MASK     CLEAR      MASK    MASK       MASK      CLEAR    MASK
  HIDDEN           CLEAR  CLEAR  UNSEEN   NULL    NULL     CLEAR      NULL    NULL       NULL      CLEAR    NULL
  STAFF_CLEAR      NULL   NULL   UNSEEN   NULL    NULL     CLEAR      NULL    NULL       NULL      CLEAR    NULL
  STAFF_WITHIN     NULL   NULL   NULL     NULL    NULL     CLEAR      NULL    NULL       NULL      CLEAR    NULL
  BELOW_STAFF      UNSEEN UNSEEN UNSEEN   UNSEEN  UNSEEN   CLEAR      UNSEEN  UNSEEN     UNSEEN    CLEAR    UNSEEN
  NOT_TO_USERS     NULL   NULL   UNSEEN   VALUE   VALUE    VALUE      VALUE   VALUE      VALUE     VALUE    VALUE
  BELOW_NOT_USERS  UNSEEN UNSEEN UNSEEN   VALUE   VALUE    VALUE      VALUE   VALUE      VALUE     VALUE    VALUE
  WITH_LINK        FORBID VALUE  UNSEEN   FORBID  VALUE    FORBID     FORBID  VALUE      VALUE     VALUE    VALUE
  RAW              FORBID NULL   NULL     FORBID  NULL     FORBID     FORBID  NULL       NULL      CLEAR    NULL
  OF_STAFF         FORBID FORBID UNSEEN   VALUE   VALUE    VALUE      FORBID  FORBID     VALUE     VALUE    VALUE
  BELOW_OF_STAFF   UNSEEN UNSEEN UNSEEN   VALUE   VALUE    VALUE      UNSEEN  UNSEEN     VALUE     VALUE    VALUE
  STAFF_PLUS       FORBID FORBID UNSEEN   FORBID  VALUE    FORBID     FORBID  FORBID     VALUE     VALUE    VALUE
  BELOW_PLUS       UNSEEN UNSEEN UNSEEN   UNSEEN  VALUE    UNSEEN     UNSEEN  UNSEEN     VALUE     VALUE    VALUE
  STAFF_PARTNERS   FORBID FORBID UNSEEN   VALUE   VALUE    VALUE      VALUE   VALUE      VALUE     VALUE    VALUE
  BELOW_PARTNERS   UNSEEN UNSEEN UNSEEN   VALUE   VALUE    VALUE      VALUE   VALUE      VALUE     VALUE    VALUE
  OPERATOR         FORBID FORBID UNSEEN   FORBID  FORBID   FORBID     FORBID  FORBID     VALUE     VALUE    VALUE
  BELOW_OPERATOR   UNSEEN UNSEEN UNSEEN   UNSEEN  UNSEEN   UNSEEN     UNSEEN  UNSEEN     VALUE     VALUE    VALUE
  STAFF_PII        FORBID FORBID UNSEEN   FORBID  VALUE    VALUE      FORBID  FORBID     VALUE     VALUE    VALUE
  BELOW_PII        UNSEEN UNSEEN UNSEEN   UNSEEN  VALUE    VALUE      UNSEEN  UNSEEN     VALUE     VALUE    VALUE
  CONNECT          VALUE  VALUE  UNSEEN   FORBID  VALUE    FORBID     FORBID  FORBID     VALUE     VALUE    VALUE
  BELOW_CONNECT    VALUE  VALUE  UNSEEN   UNSEEN  VALUE    UNSEEN     UNSEEN  UNSEEN     VALUE     VALUE    VALUE
  REFRESH          VALUE  VALUE  UNSEEN   VALUE   VALUE    VALUE      FORBID  VALUE      VALUE     VALUE    VALUE
  BELOW_REFRESH    VALUE  VALUE  UNSEEN   VALUE   VALUE    VALUE      UNSEEN  VALUE      VALUE     VALUE    VALUE
  OF_END_USERS     VALUE  VALUE  UNSEEN   UNSEEN  UNSEEN   UNSEEN     UNSEEN  UNSEEN     UNSEEN    UNSEEN   UNSEEN
`;

/** By behaviour, the fields that have it, by their type. Those of Verification stand there for the types that are one. */
const FIELDS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  OPEN: {
    Query:
      'viewer user userByIdentity node nodes verification verificationByExternalId users kycRecords checks idvApplications verifications statusChanges changeCursor',
    Viewer: 'kind subject scopes',
    User: 'id identities person kyc kycRecords checks idvApplications verifications timeline createdAt',
    SourceIdentity: 'source externalId linkedAt connected',
    KycSummary: 'status reason because rule nextAction canRetry contributors conflicting validUntil sources',
    SourceReport: 'source state asOf',
    UserConnection: 'edges nodes pageInfo totalCount',
    UserEdge: 'cursor node',
    KycRecordConnection: 'edges nodes pageInfo totalCount sources',
    KycRecordEdge: 'cursor node',
    CheckConnection: 'edges nodes pageInfo totalCount sources',
    CheckEdge: 'cursor node',
    IdvApplicationConnection: 'edges nodes pageInfo totalCount sources',
    IdvApplicationEdge: 'cursor node',
    VerificationConnection: 'edges nodes pageInfo totalCount sources',
    VerificationEdge: 'cursor node',
    KycRecord: 'person documents approvedAt rejectedAt startedAt documentsComplete passed',
    Check: 'type sourceType confirmedAt document method confirmedAddress suitable isUpdate',
    IdentityDocument: 'kind expiresOn isExpired',
    FieldFault: 'path expected',
    Verification: 'canRetry faults',
  },
  OPEN_WITHIN: {
    PageInfo: 'hasNextPage hasPreviousPage startCursor endCursor',
    StatusChangeConnection: 'edges nodes pageInfo totalCount',
    StatusChangeEdge: 'cursor node',
    Verification:
      'id source kind externalId externalUserId status statusReason sourceStatus createdAt updatedAt decidedAt lastChangedAt statusSince provenance history',
    StatusChange:
      'id cursor sequence verificationId source kind verification to reason sourceStatus outcome effective occurredAt observedAt learntBy',
    Provenance: 'source observedAt via stale',
    IdvApplication:
      'businessAccountId accountId accountType profileId person outcome completedAt createdBy updatedBy entities sourceHistory',
    IdvEntity:
      'accountId person entityType status sourceStatus outcome sourceHistory createdAt updatedAt createdBy updatedBy',
    IdvStatusEntry: 'id entityId status sourceStatus outcome createdAt updatedAt',
    Actor: 'id type',
  },
  OTHER_USER: { Verification: 'user', IdvEntity: 'user', StatusChange: 'user' },
  MASKED: { Person: 'fullName email', IdentityDocument: 'clearance number', Address: 'clearance' },
  MASKED_WITHIN: { Person: 'givenName familyName legalName' },
  CLEARANCE_WITHIN: { Person: 'clearance' },
  HIDDEN: {
    Person: 'dateOfBirth nationality countryOfResidence',
    IdentityDocument: 'sourceKind issuingCountry issuedOn submittedAt',
    Address: 'line1 line2 postcode city state country',
    KycSummary: 'actionUrl',
  },
  STAFF_CLEAR: {
    KycRecord: 'declineReason rejectionMessage',
    IdentityDocument: 'imageIds evidenceUrl',
  },
  STAFF_WITHIN: {
    IdvApplication: 'metadata',
    IdvEntity: 'outcomeDetails processingSummary documentUploadUrl',
    IdvStatusEntry: 'message',
  },
  BELOW_STAFF: { IdvOutcomeDetail: 'reasons tags', IdvOutcomeReason: 'name type' },
  NOT_TO_USERS: { KycRecord: 'vendor', Check: 'vendor' },
  BELOW_NOT_USERS: { Vendor: 'code status inquiryId' },
  WITH_LINK: { SourceIdentity: 'linkedBy' },
  RAW: { Verification: 'raw' },
  OF_END_USERS: { Viewer: 'user' },
  OF_STAFF: { Query: 'sources unmappedStatuses' },
  BELOW_OF_STAFF: {
    SourceInfo:
      'source enabled health capabilities recordCount faultyRecords lastWebhookAt lastSyncedAt statusMap',
    StatusMapping: 'sourceStatus outcome status reason',
    UnmappedStatus: 'source sourceStatus count firstSeenAt lastSeenAt',
  },
  STAFF_PARTNERS: { Query: 'verificationStats' },
  BELOW_PARTNERS: {
    VerificationStat: 'source status kind period count approvalRate medianDecisionSeconds p90DecisionSeconds',
  },
  STAFF_PLUS: {
    Query: 'auditLog',
    Mutation: 'linkIdentities unlinkIdentity mergeUsers disconnectIdentity',
  },
  BELOW_PLUS: {
    AuditConnection: 'edges nodes pageInfo totalCount',
    AuditEdge: 'cursor node',
    AuditEntry: 'id at actor kind action userId fields reason decision requestId',
    LinkIdentitiesPayload: 'users errors',
    UnlinkIdentityPayload: 'errors',
    MergeUsersPayload: 'errors',
    DisconnectIdentityPayload: 'errors',
  },
  OPERATOR: {
    Query: 'putAsideEvents',
    Mutation: 'grantAccess revokeAccess eraseUser replayPutAsideEvents',
  },
  BELOW_OPERATOR: {
    PutAsideEventConnection: 'edges nodes pageInfo totalCount',
    PutAsideEventEdge: 'cursor node',
    PutAsideEvent: 'id source receivedAt reason attempts',
    GrantAccessPayload: 'granted errors',
    EraseUserPayload: 'errors',
    ReplayPutAsideEventsPayload: 'errors',
  },
  STAFF_PII: { Mutation: 'revealPersonalData' },
  BELOW_PII: { RevealPersonalDataPayload: 'user until errors' },
  CONNECT: { Mutation: 'connectIdentity' },
  BELOW_CONNECT: { ConnectIdentityPayload: 'errors' },
  REFRESH: { Mutation: 'refreshUser' },
  BELOW_REFRESH: { RefreshUserPayload: 'user sources errors', MutationError: 'code message path' },
};

/** Fields that no caller was given a value of here, and where else that is proved. */
export const ELSEWHERE: Readonly<Record<string, string>> = {
  'SourceReport.error': 'Of a source that fails: test/faults.',
  'SourceError.code': 'Of a source that fails: test/faults.',
  'SourceError.message': 'Of a source that fails: test/faults.',
  'SourceError.retryAfterMs': 'Of a source that asks for fewer calls: test/faults.',
  'SourceInfo.lagSeconds': 'Of a source that falls behind: src/loaders.',
  'SourceInfo.lastError': 'Of a source that fails: test/faults.',
  'SourceInfo.nextSyncAt': 'Comes and goes with the scan that runs: src/loaders.',
  'SourceInfo.recordCountAtSource': 'Comes and goes with the scan that runs: src/loaders.',
  'StatusChange.from': 'Nothing moves while it is asked: test/changes.',
  'StatusChange.sourceEventId': 'Of an event that a read confirmed: src/sync.',
  'Subscription.statusChanged': 'An event at a time: test/subscriptions.',
  'Subscription.userKycChanged': 'An event at a time: test/subscriptions.',
  'UserKycChange.id': 'Nothing moves while it is asked: test/changes.',
  'UserKycChange.cursor': 'Nothing moves while it is asked: test/changes.',
  'UserKycChange.sequence': 'Nothing moves while it is asked: test/changes.',
  'UserKycChange.userId': 'Nothing moves while it is asked: test/changes.',
  'UserKycChange.user': 'Nothing moves while it is asked: test/changes.',
  'UserKycChange.from': 'Nothing moves while it is asked: test/changes.',
  'UserKycChange.to': 'Nothing moves while it is asked: test/changes.',
  'UserKycChange.reason': 'Nothing moves while it is asked: test/changes.',
  'UserKycChange.nextAction': 'Nothing moves while it is asked: test/changes.',
  'UserKycChange.because': 'Nothing moves while it is asked: test/changes.',
  'UserKycChange.cause': 'Nothing moves while it is asked: test/changes.',
  'UserKycChange.observedAt': 'Nothing moves while it is asked: test/changes.',
  'ReplayPutAsideEventsPayload.replayed': 'Of an event that is put aside: src/graph.',
  'EraseUserPayload.erasedAt': 'It would erase whom is asked about: src/graph.',
  'EraseUserPayload.receipts': 'It would erase whom is asked about: src/graph.',
  'ErasureReceipt.source': 'It would erase whom is asked about: src/graph.',
  'ErasureReceipt.records': 'It would erase whom is asked about: src/graph.',
  'ErasureReceipt.atSource': 'It would erase whom is asked about: src/graph.',
  'ConnectIdentityPayload.user': 'It would change who is whom while it is asked: src/graph.',
  'DisconnectIdentityPayload.user': 'It would change who is whom while it is asked: src/graph.',
  'MergeUsersPayload.user': 'It would change who is whom while it is asked: src/graph.',
  'UnlinkIdentityPayload.user': 'It would change who is whom while it is asked: src/graph.',
};

/** The cell of each field in each column. */
export function readMatrix(): ReadonlyMap<string, ReadonlyMap<Column, Cell>> {
  const [, ...lines] = BEHAVIOURS.trim().split('\n');
  const behaviours = new Map(lines.map((line) => behaviourOf(line.trim().split(/\s+/u))));
  const matrix = new Map<string, ReadonlyMap<Column, Cell>>();
  for (const [behaviour, types] of Object.entries(FIELDS))
    for (const [type, names] of Object.entries(types))
      for (const name of names.split(' ')) {
        const row = behaviours.get(behaviour);
        if (row === undefined || matrix.has(`${type}.${name}`))
          throw new TypeError(`${type}.${name} stands here twice, or has a behaviour that is none.`);
        matrix.set(`${type}.${name}`, row);
      }
  return matrix;
}

function behaviourOf([name = '', ...row]: readonly string[]): [string, ReadonlyMap<Column, Cell>] {
  const known = row.map((word) => cells.find((cell) => cell === word));
  if (known.length !== columns.length || known.includes(undefined))
    throw new TypeError(`${name} has not one cell for each column.`);
  return [name, new Map(columns.map((column, at) => [column, known[at] ?? 'UNSEEN']))];
}
