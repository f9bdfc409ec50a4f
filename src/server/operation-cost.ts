import {
  type ExecutionArgs,
  type FieldNode,
  GraphQLError,
  type GraphQLNamedType,
  type GraphQLSchema,
  getNamedType,
  isCompositeType,
  Kind,
  type SelectionSetNode,
  type ValueNode,
} from 'graphql';
import type { Plugin } from 'graphql-yoga';

/** Objects that one operation may give at most, if every list is full: 200 users with 200 records each, and more. */
const MAX_OBJECTS = 100_000;
/** Of a connection that names neither first nor last. */
const DEFAULT_PAGE = 50;
const MAX_PAGE = 200;

/** Refuses operations that could give too much, before anything is read: pages within pages multiply. */
export function limitOperationCost(): Plugin {
  return {
    onExecute({ args, setResultAndStopExecution }) {
      if (objectsOf(args) <= MAX_OBJECTS) return;
      const message = `An operation may give ${MAX_OBJECTS} objects at most: ask for shorter pages, or for fewer within one another.`;
      setResultAndStopExecution({
        errors: [new GraphQLError(message, { extensions: { code: 'TOO_COMPLEX' } })],
      });
    },
  };
}

/** How many objects the operation gives if every page is full. */
export function objectsOf(
  args: Pick<ExecutionArgs, 'schema' | 'document' | 'operationName' | 'variableValues'>,
): number {
  const operations = args.document.definitions.filter((node) => node.kind === Kind.OPERATION_DEFINITION);
  const operation = operations.find((node) => node.name?.value === args.operationName) ?? operations[0];
  const root = operation === undefined ? null : args.schema.getRootType(operation.operation);
  if (operation === undefined || !root) return 0;
  return new Counter(args).count(operation.selectionSet, root);
}

class Counter {
  readonly #schema: GraphQLSchema;
  readonly #variables: Readonly<Record<string, unknown>>;
  readonly #fragments;
  /** Each fragment is counted once: fragments that spread fragments would double at every level. */
  readonly #counted = new Map<string, number>();

  constructor(args: Pick<ExecutionArgs, 'schema' | 'document' | 'variableValues'>) {
    this.#schema = args.schema;
    this.#variables = args.variableValues ?? {};
    const fragments = args.document.definitions.filter((node) => node.kind === Kind.FRAGMENT_DEFINITION);
    this.#fragments = new Map(fragments.map((node) => [node.name.value, node]));
  }

  count(set: SelectionSetNode, parent: GraphQLNamedType | undefined): number {
    let objects = 0;
    for (const selection of set.selections) {
      if (selection.kind === Kind.FIELD) objects += this.#countField(selection, parent);
      else if (selection.kind === Kind.FRAGMENT_SPREAD) objects += this.#countFragment(selection.name.value);
      else
        objects += this.count(
          selection.selectionSet,
          this.#narrowed(selection.typeCondition?.name.value, parent),
        );
    }
    return objects;
  }

  #countField(field: FieldNode, parent: GraphQLNamedType | undefined): number {
    if (field.selectionSet === undefined || parent === undefined || !('getFields' in parent)) return 0;
    const type = getNamedType(parent.getFields()[field.name.value]?.type);
    if (type === undefined || !isCompositeType(type)) return 0;
    return this.#sizeOf(field, type.name) * (1 + this.count(field.selectionSet, type));
  }

  #countFragment(name: string): number {
    const known = this.#counted.get(name);
    if (known !== undefined) return known;
    const fragment = this.#fragments.get(name);
    if (fragment === undefined) return 0;
    this.#counted.set(name, 0);
    const objects = this.count(
      fragment.selectionSet,
      this.#schema.getType(fragment.typeCondition.name.value),
    );
    this.#counted.set(name, objects);
    return objects;
  }

  #narrowed(name: string | undefined, parent: GraphQLNamedType | undefined): GraphQLNamedType | undefined {
    return name === undefined ? parent : this.#schema.getType(name);
  }

  #sizeOf(field: FieldNode, typeName: string): number {
    const given = (name: string) =>
      this.#valueOf(field.arguments?.find((node) => node.name.value === name)?.value);
    const ids = given('ids');
    if (Array.isArray(ids)) return ids.length;
    if (!typeName.endsWith('Connection')) return 1;
    const page = given('first') ?? given('last');
    return typeof page === 'number' ? Math.min(Math.max(page, 1), MAX_PAGE) : DEFAULT_PAGE;
  }

  #valueOf(node: ValueNode | undefined): unknown {
    if (node?.kind === Kind.VARIABLE) return this.#variables[node.name.value];
    if (node?.kind === Kind.INT) return Number(node.value);
    return node?.kind === Kind.LIST ? node.values : undefined;
  }
}
