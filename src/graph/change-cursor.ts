import SchemaBuilder, { BasePlugin, type PothosOutputFieldConfig, type SchemaTypes } from '@pothos/core';
import type { GraphQLFieldResolver, GraphQLResolveInfo, SelectionSetNode } from 'graphql';

import type { GraphContext } from './context.ts';
import { oncePer } from './once-per.ts';

export const CHANGE_CURSOR = 'changeCursor';

declare global {
  export namespace PothosSchemaTypes {
    export interface Plugins<Types extends SchemaTypes> {
      changeCursor: ChangeCursorPlugin<Types>;
    }
  }
}

/** Where the log ended when it was first asked for in an operation. */
export const logHeadOf = oncePer(({ store }: GraphContext) => store.changes.head());

/** True when the operation asks for its cursor anywhere; also where a directive leaves that out. */
function asksForCursor({ operation, fragments }: GraphQLResolveInfo): boolean {
  const isIn = ({ selections }: SelectionSetNode): boolean =>
    selections.some((selection) => {
      if (selection.kind === 'Field') return selection.name.value === CHANGE_CURSOR;
      const within = selection.kind === 'InlineFragment' ? selection : fragments[selection.name.value];
      return within !== undefined && isIn(within.selectionSet);
    });
  return isIn(operation.selectionSet);
}

/**
 * Nothing else of an operation is read before the cursor that it asks for: so all that it reads is as new as the cursor
 * or newer, and what changes later comes after it.
 */
class ChangeCursorPlugin<Types extends SchemaTypes> extends BasePlugin<Types> {
  override wrapResolve(
    resolve: GraphQLFieldResolver<unknown, Types['Context'], object>,
    config: PothosOutputFieldConfig<Types>,
  ): GraphQLFieldResolver<unknown, Types['Context'], object> {
    if (config.parentType !== 'Query') return resolve;
    return (parent, args, context, info) => {
      if (!asksForCursor(info)) return resolve(parent, args, context, info);
      // A plugin is written for any builder; the one that this is for has this context.
      return logHeadOf(context as GraphContext).then(() => resolve(parent, args, context, info));
    };
  }
}

SchemaBuilder.registerPlugin('changeCursor', ChangeCursorPlugin);
