import SchemaBuilder, {
  BasePlugin,
  completeValue,
  type MaybePromise,
  type PothosOutputFieldConfig,
  PothosSchemaError,
  type SchemaTypes,
} from '@pothos/core';
import { type GraphQLFieldResolver, type GraphQLSchema, isObjectType } from 'graphql';

import { type Mask, masked } from '#access/mask';

import type { GraphContext } from './context.ts';

/**
 * PUBLIC says nothing of anybody. INTERNAL is of a case or of the gateway, for whoever sees the row. PII is of a person:
 * masked, unless the caller reads that person in clear. PII_HIGH is a whole payload of one, or a link that opens more:
 * null, unless clear. SECRET has no place in the graph: no field is built that says so.
 */
export const dataClasses = ['PUBLIC', 'INTERNAL', 'PII', 'PII_HIGH', 'SECRET'] as const;
export type DataClass = (typeof dataClasses)[number];

export interface DataClassOptions {
  readonly dataClass: DataClass;
  /** What stays of a personal text when it is masked; absent, and to end users: null, of a list nothing. */
  readonly mask?: Mask;
  /** Whether end users are given it, of themselves where it is personal. Absent: the personal no, all else yes. */
  readonly toEndUser?: boolean;
}
/** Whose data an object holds, by public id; null where nobody is known to be the one. */
type DataOwner<Parent> = (parent: Parent, context: GraphContext) => MaybePromise<string | null>;

declare global {
  export namespace PothosSchemaTypes {
    export interface Plugins<Types extends SchemaTypes> {
      dataClass: DataClassPlugin<Types>;
    }
    export interface FieldOptions extends DataClassOptions {}
    export interface ObjectTypeOptions<Types extends SchemaTypes = SchemaTypes, Shape = unknown> {
      /** On every type that has a personal field. */
      readonly dataOwner?: DataOwner<Shape>;
    }
  }
}

type Extensions = Readonly<Record<string, unknown>>;

/** What a field of a built schema declares (its extensions); null for nothing. */
export function dataClassOf(extensions: Extensions): DataClassOptions | null {
  const options = extensions['pothosOptions'] as Partial<DataClassOptions> | undefined;
  return options?.dataClass === undefined ? null : { ...options, dataClass: options.dataClass };
}

function ownerOf(extensions: Extensions): DataOwner<unknown> | null {
  const options = extensions['pothosOptions'] as { readonly dataOwner?: DataOwner<unknown> } | undefined;
  return options?.dataOwner ?? null;
}

export function isPersonal({ dataClass }: DataClassOptions): boolean {
  return dataClass === 'PII' || dataClass === 'PII_HIGH';
}

const LEFT: Readonly<Record<Mask, string>> = {
  INITIALS: 'initials',
  LAST_FOUR: 'its last four characters',
  DOMAIN: 'its domain',
};

/** Says in a field's own description what is enforced, so that the two cannot differ. */
function described(
  description: string | null | undefined,
  options: DataClassOptions,
  isList: boolean,
): string {
  const parts = [description ?? ''];
  const left = options.mask === undefined ? (isList ? 'nothing' : 'null') : LEFT[options.mask];
  if (isPersonal(options)) parts.push(`${options.dataClass}: when masked, ${left}.`);
  if (!isForEndUsers(options)) parts.push('Never given to end users.');
  return parts.join(' ');
}

function isForEndUsers(options: DataClassOptions): boolean {
  return options.toEndUser ?? !isPersonal(options);
}

type Resolve = GraphQLFieldResolver<unknown, object, object>;

/**
 * A field's value as its caller may have it; `nothing` is what a field of its type can be in its stead. Long lists are
 * full of such fields: what is known at once is not waited for.
 */
function heldBack(resolve: Resolve, options: DataClassOptions, nothing: null | readonly []): Resolve {
  return (parent, args, untyped, info) => {
    // A plugin is written for any builder; the one that this is for has this context.
    const context = untyped as GraphContext;
    if (context.principal.kind === 'END_USER' && !isForEndUsers(options)) return nothing;
    const read = () => resolve(parent, args, context, info);
    if (!isPersonal(options)) return read();
    const giveClear = (owner: string) =>
      completeValue(read(), (value) => {
        if (isGiven(value)) context.clearReads.note(owner, `${info.parentType.name}.${info.fieldName}`);
        return value;
      });
    // To an end user their own is clear: what else they meet is of others whom a record of theirs names.
    const mask = context.principal.kind === 'END_USER' ? undefined : options.mask;
    const giveMasked = () =>
      mask === undefined
        ? nothing
        : completeValue(read(), (value) => (typeof value === 'string' ? masked(value, mask) : nothing));
    return completeValue(ownerOf(info.parentType.extensions)?.(parent, context) ?? null, (owner) =>
      owner === null
        ? giveMasked()
        : completeValue(context.clearances.of(owner), (clearance) =>
            clearance === 'CLEAR' ? giveClear(owner) : giveMasked(),
          ),
    );
  };
}

function isGiven(value: unknown): boolean {
  return Array.isArray(value) ? value.length > 0 : value !== null && value !== undefined;
}

/** The one place where personal values are held back. What does not say of what class it is, is not built. */
class DataClassPlugin<Types extends SchemaTypes> extends BasePlugin<Types> {
  override onOutputFieldConfig(config: PothosOutputFieldConfig<Types>): PothosOutputFieldConfig<Types> {
    const options = this.#optionsOf(config);
    const name = `${config.parentType}.${config.name}`;
    if (options.dataClass === 'SECRET')
      throw new PothosSchemaError(`${name} is secret: the graph has no such fields.`);
    const isList = config.type.kind === 'List';
    const isHeldBack = isPersonal(options) || !isForEndUsers(options);
    if (isHeldBack && !isList && !config.type.nullable)
      throw new PothosSchemaError(`${name} must be nullable or a list: it is not given to everybody.`);
    return { ...config, description: described(config.description, options, isList) };
  }

  override afterBuild(schema: GraphQLSchema): GraphQLSchema {
    for (const type of Object.values(schema.getTypeMap()).filter(isObjectType)) {
      const classes = Object.values(type.getFields()).map(({ extensions }) => dataClassOf(extensions));
      if (classes.some((one) => one !== null && isPersonal(one)) && ownerOf(type.extensions) === null)
        throw new PothosSchemaError(`${type.name} has personal fields and does not say whose.`);
    }
    return schema;
  }

  override wrapResolve(
    resolve: GraphQLFieldResolver<unknown, Types['Context'], object>,
    config: PothosOutputFieldConfig<Types>,
  ): GraphQLFieldResolver<unknown, Types['Context'], object> {
    const options = this.#optionsOf(config);
    if (!isPersonal(options) && isForEndUsers(options)) return resolve;
    return heldBack(resolve, options, config.type.nullable ? null : []);
  }

  #optionsOf(config: PothosOutputFieldConfig<Types>): DataClassOptions {
    const options = dataClassOf({ ...config });
    if (options !== null) return options;
    throw new PothosSchemaError(`${config.parentType}.${config.name} does not say of what class it is.`);
  }
}

SchemaBuilder.registerPlugin('dataClass', DataClassPlugin);
