import SchemaBuilder, {
  BasePlugin,
  type PothosOutputFieldConfig,
  PothosSchemaError,
  type SchemaTypes,
} from '@pothos/core';
import type { GraphQLFieldResolver } from 'graphql';

import type { Principal, PrincipalKind } from '#access/principal';
import type { Scope } from '#access/scope';

import type { GraphContext } from './context.ts';
import { forbidden } from './errors.ts';

/** What lets a caller have a field. */
export interface Need {
  /** Null: no scope. */
  readonly scope: Scope | null;
  /** Of one of these kinds; absent: of any. */
  readonly kinds?: readonly PrincipalKind[];
}
/** A list: one of its needs is enough. NOTHING: whoever asks may have it. */
export type Needs = 'NOTHING' | Scope | readonly Need[];

/** Who works with the cases of all users. */
export const STAFF = ['OPERATOR', 'ANALYST'] as const satisfies readonly PrincipalKind[];

/** Who runs the gateway. */
export const OPERATORS: Needs = [{ scope: 'kyc:operate', kinds: ['OPERATOR'] }];

/** Who may read the audit. */
export const AUDITORS: Needs = [{ scope: 'kyc:audit', kinds: STAFF }];

declare global {
  export namespace PothosSchemaTypes {
    export interface Plugins<Types extends SchemaTypes> {
      needs: NeedsPlugin<Types>;
    }
    export interface FieldOptions {
      /**
       * Who may have this field; others get null and FORBIDDEN. Every field of Query, Mutation and Subscription says it.
       * Absent on others: whoever has the object has the field.
       */
      readonly needs?: Needs;
    }
  }
}

const ROOTS = ['Query', 'Mutation', 'Subscription'];

/** What a field of a built schema declares (its extensions); null for none. */
export function needsOf(extensions: Readonly<Record<string, unknown>>): Needs | null {
  const options = extensions['pothosOptions'] as { readonly needs?: Needs } | undefined;
  return options?.needs ?? null;
}

export function mayHave({ kind, scopes }: Principal, needs: Needs): boolean {
  if (needs === 'NOTHING') return true;
  if (typeof needs === 'string') return scopes.includes(needs);
  return needs.some(
    (need) =>
      (need.scope === null || scopes.includes(need.scope)) &&
      (need.kinds === undefined || need.kinds.includes(kind)),
  );
}

function refusalOf(needs: Needs): string {
  const named = typeof needs === 'string' ? [needs] : needs.map(({ scope }) => scope);
  const scopes = [...new Set(named.filter((scope) => scope !== null))];
  return `This needs the scope ${scopes.join(' or ')}, and a caller who may use it here.`;
}

/** Refuses a field before its resolver runs. No root field is built that does not say who may have it. */
class NeedsPlugin<Types extends SchemaTypes> extends BasePlugin<Types> {
  override onOutputFieldConfig(config: PothosOutputFieldConfig<Types>): PothosOutputFieldConfig<Types> {
    if (ROOTS.includes(config.parentType) && needsOf({ ...config }) === null)
      throw new PothosSchemaError(`${config.parentType}.${config.name} does not say what it needs.`);
    return config;
  }

  override wrapResolve(
    resolve: GraphQLFieldResolver<unknown, Types['Context'], object>,
    config: PothosOutputFieldConfig<Types>,
  ): GraphQLFieldResolver<unknown, Types['Context'], object> {
    return guarded(resolve, needsOf({ ...config }));
  }

  /** Before anything is followed, and again at each event. */
  override wrapSubscribe(
    subscribe: GraphQLFieldResolver<unknown, Types['Context'], object> | undefined,
    config: PothosOutputFieldConfig<Types>,
  ): GraphQLFieldResolver<unknown, Types['Context'], object> | undefined {
    return subscribe && guarded(subscribe, needsOf({ ...config }));
  }
}

function guarded<Context extends object>(
  resolve: GraphQLFieldResolver<unknown, Context, object>,
  needs: Needs | null,
): GraphQLFieldResolver<unknown, Context, object> {
  if (needs === null || needs === 'NOTHING') return resolve;
  const refusal = refusalOf(needs);
  return (parent, args, context, info) => {
    // A plugin is written for any builder; the one that this is for has this context.
    const { principal } = context as unknown as GraphContext;
    if (!mayHave(principal, needs)) throw forbidden(refusal);
    return resolve(parent, args, context, info);
  };
}

SchemaBuilder.registerPlugin('needs', NeedsPlugin);
