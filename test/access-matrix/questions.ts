import { getNamedType, isLeafType, isObjectType, type OperationTypeNode } from 'graphql';

import { SCHEMA, selectionOf } from './selection.ts';

/** What the questions are about: a user, one of their names, one of their records. */
export interface About {
  readonly user: string;
  readonly source: string;
  readonly name: string;
  readonly record: string;
  readonly recordSource: string;
  readonly recordName: string;
}

/** Of each root field the arguments that it is asked with: as often as it takes to see its result and its refusal. */
export const ROOTS: Readonly<Record<string, (about: About) => readonly string[]>> = {
  'Query.viewer': () => [''],
  'Query.user': ({ user }) => [`(id: "${user}", freshness: STORED)`],
  'Query.userByIdentity': ({ source, name }) => [
    `(source: ${source}, externalId: "${name}", freshness: STORED)`,
  ],
  'Query.node': ({ user }) => [`(id: "${user}")`],
  'Query.nodes': ({ user, record }) => [`(ids: ["${user}", "${record}"])`],
  'Query.verification': ({ record }) => [`(id: "${record}", freshness: STORED)`],
  'Query.verificationByExternalId': ({ recordSource, recordName }) => [
    `(source: ${recordSource}, externalId: "${recordName}", freshness: STORED)`,
  ],
  'Query.users': () => ['(first: 1)'],
  'Query.kycRecords': () => ['(first: 1)'],
  'Query.checks': () => ['(first: 1)'],
  'Query.idvApplications': () => ['(first: 1)'],
  'Query.verifications': () => ['(first: 1)'],
  'Query.statusChanges': () => ['(first: 1, filter: { includeBackfill: true })'],
  'Query.changeCursor': () => [''],
  'Query.sources': () => [''],
  'Query.unmappedStatuses': () => [''],
  'Query.verificationStats': () => ['(groupBy: [SOURCE, STATUS, KIND, CREATED_MONTH])'],
  'Query.auditLog': () => ['(first: 200)'],
  'Query.putAsideEvents': () => ['(first: 200)'],
  'Mutation.linkIdentities': ({ source, name }) => [
    `(input: { links: [[{ source: ${source}, externalId: "${name}" }], []], reason: "A test" })`,
  ],
  'Mutation.unlinkIdentity': ({ user, source }) => [
    `(input: { userId: "${user}", identity: { source: ${source}, externalId: "nobody" }, reason: "A test" })`,
  ],
  'Mutation.mergeUsers': ({ user }) => [
    `(input: { keepId: "${user}", mergeId: "nobody", reason: "A test" })`,
  ],
  'Mutation.connectIdentity': ({ source }) => [
    `(input: { source: ${source}, externalId: "x", credential: "no credential" })`,
  ],
  'Mutation.disconnectIdentity': ({ source }) => [`(input: { source: ${source}, externalId: "nobody" })`],
  'Mutation.refreshUser': ({ user }) => [`(input: { id: "${user}" })`, '(input: { id: "nobody" })'],
  'Mutation.eraseUser': () => ['(input: { userId: "nobody", reason: "A test" })'],
  'Mutation.grantAccess': ({ user }) => [
    `(input: { partner: "another partner", userId: "${user}" })`,
    '(input: { partner: "another partner" })',
  ],
  'Mutation.revokeAccess': ({ user }) => [`(input: { partner: "another partner", userId: "${user}" })`],
  'Mutation.replayPutAsideEvents': () => ['(input: { ids: ["nobody"] })'],
  'Mutation.revealPersonalData': ({ user }) => [
    `(input: { userId: "${user}", reason: "A test", minutes: 1 })`,
    `(input: { userId: "${user}", reason: "A test", minutes: 0 })`,
  ],
};

/** The operations that ask one root field; what hangs from it is asked for whole where `isWhole`. */
export function operationsOf(root: string, about: About, isWhole = false): readonly string[] {
  const [typeName = '', name = ''] = root.split('.');
  const operation = (typeName === 'Mutation' ? 'mutation' : 'query') satisfies `${OperationTypeNode}`;
  const type = SCHEMA.getType(typeName);
  if (!isObjectType(type)) throw new TypeError('No root type of that name.');
  const given = getNamedType(type.getFields()[name]?.type);
  const isUserAlone = given?.name === 'User' && !isWhole;
  const onlyId = isLeafType(given) ? '' : '{ __typename id }';
  const selection = isObjectType(given) && !isUserAlone ? selectionOf(given, isWhole) : onlyId;
  const argsOf = ROOTS[root];
  if (argsOf === undefined) throw new TypeError(`${root} is not asked for: say with which arguments.`);
  return argsOf(about).map((args) => `${operation} { ${name}${args} ${selection} }`);
}
