import { isLimitedToSources } from '#kyc/sight';
import type { UserFilter } from '#kyc/user-filter';

import { builder } from '../builder.ts';
import { connectionOf, readPageArgs } from '../connection.ts';
import { forbidden } from '../errors.ts';
import { given } from '../given.ts';
import { listName } from '../list-name.ts';
import { type UserNode, userNode } from '../nodes.ts';
import { UserRef } from '../refs.ts';
import { admitSearch } from '../search-users.ts';
import { canBeAWord } from '../words.ts';
import './connection-fields.ts';
import { NextActionEnum } from './kyc-summary.ts';
import { SourceEnum } from './source.ts';
import { KycStatusEnum } from './status.ts';

const SEARCH_RULE =
  'Compared whole, without regard to case and width. Needs kyc:pii; audited, and limited by the minute.';

const UserFilterInput = builder.inputType('UserFilter', {
  description: 'Which users are meant: those that fit every field given. An empty list fits nobody.',
  fields: (t) => ({
    statuses: t.field({
      type: [KycStatusEnum],
      description: 'Whose stored answer has one of these statuses.',
    }),
    nextActions: t.field({ type: [NextActionEnum], description: 'Who must do one of these next.' }),
    sources: t.field({ type: [SourceEnum], description: 'With an identity at one of these.' }),
    conflicting: t.boolean({ description: 'Whose sources disagree, or do not.' }),
    externalId: t.id({ description: 'With an identity of this id at any source, verbatim.' }),
    email: t.string({ description: `Of whom a record says this e-mail address. ${SEARCH_RULE}` }),
    documentNumber: t.string({
      description: `Of whom a record has a document of this number; spaces and dashes do not count. ${SEARCH_RULE}`,
    }),
    fullName: t.string({
      description: `Of whom a record says this name, whole; where a source gives it in parts, in either order. ${SEARCH_RULE}`,
    }),
  }),
});

const UserConnection = builder.connectionObject(
  { name: 'UserConnection', type: UserRef, description: 'A page of users.' },
  { name: 'UserEdge', description: 'A user and where they stand in their list.' },
);

const NOBODY_FITS: UserFilter = { statuses: [] };

function readUserFilter(arg: typeof UserFilterInput.$inferInput | null | undefined): UserFilter {
  const texts = [arg?.externalId, arg?.email, arg?.documentNumber, arg?.fullName];
  if (texts.some((text) => text != null && !canBeAWord(text))) return NOBODY_FITS;
  return arg == null ? {} : given({ ...arg });
}

const positionOf = ({ user }: UserNode) => ({ value: user.createdAt, id: user.id });

builder.queryField('users', (t) =>
  t.connection(
    {
      dataClass: 'INTERNAL',
      type: UserRef,
      needs: 'kyc:status',
      description:
        'Newest createdAt first, then id. statuses, nextActions and conflicting are refused to callers who are limited to some sources.',
      args: {
        filter: t.arg({ type: UserFilterInput, description: 'Which users are meant. Default: all.' }),
      },
      resolve: async (_root, args, context) => {
        const { store, sight, cursors } = context;
        await admitSearch({ ...args.filter }, context);
        const filter = readUserFilter(args.filter);
        const { statuses, nextActions, conflicting } = args.filter ?? {};
        if (isLimitedToSources(sight) && [statuses, nextActions, conflicting].some((one) => one != null)) {
          throw forbidden('Answers over all sources cannot be searched by who sees only some of them.');
        }
        const list = {
          name: listName({ connection: 'users', parent: null, filter, order: null }),
          positionOf,
        };
        const page = readPageArgs(args, list, cursors);
        const { rows, ...flags } = await store.pageUsers({ filter, page }, sight);
        const nodes = rows.map((user) => userNode(user, 'STORED'));
        return connectionOf({ rows: nodes, ...flags }, list, cursors, {
          totalCount: () => store.countUsers(filter, sight),
          sources: async () => [],
        });
      },
    },
    UserConnection,
  ),
);
