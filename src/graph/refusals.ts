import SchemaBuilder, { BasePlugin, type PothosOutputFieldConfig, type SchemaTypes } from '@pothos/core';
import { GraphQLError, type GraphQLFieldResolver } from 'graphql';

import type { AuditAction } from '#access/audit';

import { auditsOf } from './audits.ts';
import type { GraphContext } from './context.ts';

declare global {
  export namespace PothosSchemaTypes {
    export interface Plugins<Types extends SchemaTypes> {
      refusals: RefusalsPlugin<Types>;
    }
  }
}

/** Notes every field that is refused, whoever refuses it: the audit has them before the answer leaves. */
class RefusalsPlugin<Types extends SchemaTypes> extends BasePlugin<Types> {
  override wrapResolve(
    resolve: GraphQLFieldResolver<unknown, Types['Context'], object>,
    config: PothosOutputFieldConfig<Types>,
  ): GraphQLFieldResolver<unknown, Types['Context'], object> {
    const action = auditsOf({ ...config })?.action ?? 'READ';
    return noting(resolve, action, `${config.parentType}.${config.name}`);
  }

  override wrapSubscribe(
    subscribe: GraphQLFieldResolver<unknown, Types['Context'], object> | undefined,
    config: PothosOutputFieldConfig<Types>,
  ): GraphQLFieldResolver<unknown, Types['Context'], object> | undefined {
    return subscribe && noting(subscribe, 'READ', `${config.parentType}.${config.name}`);
  }
}

function noting<Context>(
  resolve: GraphQLFieldResolver<unknown, Context, object>,
  action: AuditAction,
  field: string,
): GraphQLFieldResolver<unknown, Context, object> {
  return (parent, args, context, info) => {
    const note = (error: unknown): never => {
      if (isRefusal(error)) (context as GraphContext).refusals.note(action, field);
      throw error;
    };
    try {
      const result: unknown = resolve(parent, args, context, info);
      return result instanceof Promise ? result.catch(note) : result;
    } catch (error) {
      return note(error);
    }
  };
}

function isRefusal(error: unknown): boolean {
  return error instanceof GraphQLError && error.extensions['code'] === 'FORBIDDEN';
}

SchemaBuilder.registerPlugin('refusals', RefusalsPlugin);
