import SchemaBuilder, { BasePlugin, type SchemaTypes } from '@pothos/core';
import { GraphQLError, type GraphQLFieldResolver } from 'graphql';

import { SourceUnansweredError } from '#loaders/source-failure';
import { PositionLostError } from '#store/changes/changes';
import { StoreUnavailableError } from '#store/database';

import { cursorExpired, sourceUnanswered } from './errors.ts';

declare global {
  export namespace PothosSchemaTypes {
    export interface Plugins<Types extends SchemaTypes> {
      storeErrors: StoreErrorsPlugin<Types>;
    }
  }
}

/** Tells callers what they can do something about; any other unexpected error is masked by the server. */
class StoreErrorsPlugin<Types extends SchemaTypes> extends BasePlugin<Types> {
  override wrapResolve(
    resolve: GraphQLFieldResolver<unknown, Types['Context'], object>,
  ): GraphQLFieldResolver<unknown, Types['Context'], object> {
    return telling(resolve);
  }

  override wrapSubscribe(
    subscribe: GraphQLFieldResolver<unknown, Types['Context'], object> | undefined,
  ): GraphQLFieldResolver<unknown, Types['Context'], object> | undefined {
    return subscribe && telling(subscribe);
  }
}

function telling<Context>(
  resolve: GraphQLFieldResolver<unknown, Context, object>,
): GraphQLFieldResolver<unknown, Context, object> {
  return (parent, args, context, info) => {
    const result: unknown = resolve(parent, args, context, info);
    return result instanceof Promise ? result.catch(rethrowToCaller) : result;
  };
}

/** The store is down, does not hold what a cursor is of, or a source could not say. */
export function rethrowToCaller(error: unknown): never {
  if (error instanceof PositionLostError) throw cursorExpired();
  if (error instanceof SourceUnansweredError) throw sourceUnanswered(error.failure);
  if (!(error instanceof StoreUnavailableError)) throw error;
  throw new GraphQLError('The store cannot be reached at the moment.', {
    extensions: { code: 'STORE_UNAVAILABLE' },
  });
}

SchemaBuilder.registerPlugin('storeErrors', StoreErrorsPlugin);
