import SchemaBuilder, {
  BasePlugin,
  type PothosOutputFieldConfig,
  PothosSchemaError,
  type SchemaTypes,
} from '@pothos/core';
import type { GraphQLFieldResolver } from 'graphql';

import type { AuditAction, AuditEntry } from '#access/audit';
import type { Principal } from '#access/principal';
import { parseReason, REASON_RULE } from '#access/reason';
import { decodeId } from '#kyc/id';
import type { IdentityRef } from '#kyc/user';

import type { GraphContext } from './context.ts';
import { badUserInput } from './errors.ts';
import { canBeAWord } from './words.ts';

/** Whom the input of a mutation is about, as far as it says. */
export interface AuditedSubject {
  /** Ids as they were given: the entry has the present id of those whom the caller sees, and no other text. */
  readonly userIds?: readonly (string | null | undefined)[];
  /** Names at sources: the entry has the users who have them. */
  readonly identities?: readonly IdentityRef[];
  readonly reason?: string | null | undefined;
}

/** How a mutation is audited. */
export interface Audits {
  readonly action: AuditAction;
  /** Absent where its resolver writes its own entry, before its effect. */
  readonly about?: (args: never, principal: Principal) => AuditedSubject;
}

declare global {
  export namespace PothosSchemaTypes {
    export interface Plugins<Types extends SchemaTypes> {
      audits: AuditsPlugin<Types>;
    }
    export interface FieldOptions {
      /** Every field of Mutation says it. */
      readonly audits?: Audits;
    }
  }
}

/** What a field of a built schema declares (its extensions); null for none. */
export function auditsOf(extensions: Readonly<Record<string, unknown>>): Audits | null {
  const options = extensions['pothosOptions'] as { readonly audits?: Audits } | undefined;
  return options?.audits ?? null;
}

/**
 * Commits the entry of a mutation before its resolver runs: what was done has its entry, whatever happens in between,
 * and when there can be none nothing is done. An entry may tell of something that then came to nothing.
 */
class AuditsPlugin<Types extends SchemaTypes> extends BasePlugin<Types> {
  override onOutputFieldConfig(config: PothosOutputFieldConfig<Types>): PothosOutputFieldConfig<Types> {
    if (config.parentType === 'Mutation' && auditsOf({ ...config }) === null)
      throw new PothosSchemaError(`Mutation.${config.name} does not say how it is audited.`);
    return config;
  }

  override wrapResolve(
    resolve: GraphQLFieldResolver<unknown, Types['Context'], object>,
    config: PothosOutputFieldConfig<Types>,
  ): GraphQLFieldResolver<unknown, Types['Context'], object> {
    const { action, about } = auditsOf({ ...config }) ?? {};
    if (action === undefined || about === undefined) return resolve;
    const fields = [`${config.parentType}.${config.name}`];
    return async (parent, args, untyped, info) => {
      // A plugin is written for any builder; the one that this is for has this context.
      const context = untyped as GraphContext;
      const subject = about(args as never, context.principal);
      const parsed = parseReason(subject.reason);
      if (parsed === 'UNFIT') throw badUserInput(REASON_RULE);
      const entry = { action, fields, ...parsed, decision: 'ALLOWED' } as const;
      await context.audit.append(context, await entriesAbout(subject, entry, context));
      return await resolve(parent, args, untyped, info);
    };
  }
}

/** One entry for each user; one of nobody where there is none whom the caller sees. */
async function entriesAbout(
  { userIds = [], identities = [] }: AuditedSubject,
  entry: Omit<AuditEntry, 'userId'>,
  { store, sight }: Pick<GraphContext, 'store' | 'sight'>,
): Promise<readonly AuditEntry[]> {
  const ids = userIds.filter((id) => id != null).filter((id) => decodeId(id)?.type === 'User');
  const refs = identities.filter(({ externalId }) => canBeAWord(externalId));
  const named = ids.length === 0 ? [] : await store.readUsers(ids, sight);
  const known = refs.length === 0 ? [] : await store.readUsersByIdentity(refs, sight);
  const found = new Set([...named, ...known].flatMap((user) => (user === null ? [] : [user.id])));
  return (found.size === 0 ? [null] : [...found]).map((userId) => ({ ...entry, userId }));
}

SchemaBuilder.registerPlugin('audits', AuditsPlugin);
