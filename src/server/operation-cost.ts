import {
  type ExecutionArgs,
  type FieldNode,
  type GraphQLNamedType,
  type GraphQLSchema,
  getNamedType,
  isCompositeType,
  isEnumType,
  Kind,
  type OperationDefinitionNode,
  type SelectionSetNode,
  type ValueNode,
} from 'graphql';

import { DEFAULT_ROWS, MAX_ROWS } from '#graph/connection';
import { costOf, type FieldCost } from '#graph/cost';

/** An object costs 1, and each value in it: */
const VALUE = 0.1;
/** A source takes so much longer than the store. */
const UPSTREAM_CALL = 100;

type Operation = Pick<ExecutionArgs, 'schema' | 'document' | 'operationName' | 'variableValues'>;

/**
 * What an operation costs if every page is full and every source that may be asked is: objects, values and upstream
 * calls, by what the fields declare beside themselves (graph/cost.ts). At least 1.
 */
export function costOfOperation(operation: Operation): number {
  const { document, operationName, schema } = operation;
  const all = document.definitions.filter((node) => node.kind === Kind.OPERATION_DEFINITION);
  const asked = all.find((node) => node.name?.value === operationName) ?? all[0];
  const root = asked === undefined ? null : schema.getRootType(asked.operation);
  if (asked === undefined || !root) return 1;
  return Math.max(1, Math.ceil(new Counter(operation, asked).ofRoot(asked.selectionSet, root)));
}

interface Cost {
  readonly amount: number;
  /** Whether a field of this object asks every source: however many do, each source is asked once for an object. */
  readonly asksAll: boolean;
}
const NOTHING: Cost = { amount: 0, asksAll: false };

const plus = (one: Cost, other: Cost): Cost => ({
  amount: one.amount + other.amount,
  asksAll: one.asksAll || other.asksAll,
});

class Counter {
  readonly #schema: GraphQLSchema;
  readonly #variables: ReadonlyMap<string, unknown>;
  readonly #fragments;
  readonly #sources: number;
  /** Each fragment is counted once for a freshness: fragments that spread fragments would double at every level. */
  readonly #counted = new Map<string, Cost>();

  constructor({ schema, document, variableValues }: Operation, asked: OperationDefinitionNode) {
    this.#schema = schema;
    const given = new Map(Object.entries(variableValues ?? {}));
    const defaults = (asked.variableDefinitions ?? []).map(({ variable, defaultValue }) => {
      const name = variable.name.value;
      return [name, given.has(name) ? given.get(name) : literal(defaultValue)] as const;
    });
    this.#variables = new Map(defaults);
    const fragments = document.definitions.filter((node) => node.kind === Kind.FRAGMENT_DEFINITION);
    this.#fragments = new Map(fragments.map((node) => [node.name.value, node]));
    const sources = schema.getType('Source');
    this.#sources = isEnumType(sources) ? sources.getValues().length : 0;
  }

  /** Root fields are each about something else: what every one of them asks adds up. */
  ofRoot(set: SelectionSetNode, root: GraphQLNamedType): number {
    return this.#ofSet(set, root, 'STORED', (cost) => ({ amount: this.#closed(cost), asksAll: false }))
      .amount;
  }

  #ofSet(
    set: SelectionSetNode,
    parent: GraphQLNamedType | undefined,
    freshness: string,
    each: (cost: Cost) => Cost = (cost) => cost,
  ): Cost {
    return set.selections.reduce((sum, selection): Cost => {
      if (selection.kind === Kind.FIELD) return plus(sum, each(this.#ofField(selection, parent, freshness)));
      if (selection.kind === Kind.FRAGMENT_SPREAD)
        return plus(sum, this.#ofFragment(selection.name.value, freshness, each));
      const name = selection.typeCondition?.name.value;
      const type = name === undefined ? parent : this.#schema.getType(name);
      return plus(sum, this.#ofSet(selection.selectionSet, type, freshness, each));
    }, NOTHING);
  }

  #ofFragment(name: string, freshness: string, each: (cost: Cost) => Cost): Cost {
    const key = `${freshness} ${name}`;
    const known = this.#counted.get(key);
    if (known !== undefined) return known;
    const fragment = this.#fragments.get(name);
    if (fragment === undefined) return NOTHING;
    this.#counted.set(key, NOTHING);
    const type = this.#schema.getType(fragment.typeCondition.name.value);
    const cost = this.#ofSet(fragment.selectionSet, type, freshness, each);
    this.#counted.set(key, cost);
    return cost;
  }

  #ofField(field: FieldNode, parent: GraphQLNamedType | undefined, above: string): Cost {
    const definition =
      parent !== undefined && 'getFields' in parent ? parent.getFields()[field.name.value] : undefined;
    // The engine's own fields: introspection has a limit of its own.
    if (definition === undefined || !('args' in definition)) return { amount: VALUE, asksAll: false };
    const declared = costOf(definition.extensions);
    const given = this.#given(field, 'freshness') ?? declared.freshness;
    const freshness = typeof given === 'string' ? given : above;
    const type = getNamedType(definition.type);
    const rows = this.#rowsOf(field, type.name, declared);
    const amount =
      field.selectionSet !== undefined && isCompositeType(type)
        ? rows * (1 + this.#closed(this.#ofSet(field.selectionSet, type, freshness)))
        : VALUE;
    if (freshness === 'STORED' || declared.asks === undefined) return { amount, asksAll: false };
    const asksAll = declared.asks === 'EVERY_SOURCE';
    return { amount: asksAll ? amount : amount + UPSTREAM_CALL, asksAll };
  }

  /** What an object costs once it is known whether its fields ask. */
  #closed({ amount, asksAll }: Cost): number {
    return asksAll ? amount + this.#sources * UPSTREAM_CALL : amount;
  }

  #rowsOf(field: FieldNode, typeName: string, { rows = 1 }: FieldCost): number {
    if (typeName.endsWith('Connection')) {
      const page = this.#given(field, 'first') ?? this.#given(field, 'last');
      return typeof page === 'number' ? Math.min(Math.max(page, 1), MAX_ROWS) : DEFAULT_ROWS;
    }
    if (typeof rows === 'number') return rows;
    const list = this.#given(field, rows.of);
    return Array.isArray(list) ? list.length : 1;
  }

  #given(field: FieldNode, argument: string): unknown {
    const node = field.arguments?.find(({ name }) => name.value === argument)?.value;
    return node?.kind === Kind.VARIABLE ? this.#variables.get(node.name.value) : literal(node);
  }
}

/** As far as a cost can depend on it. */
function literal(node: ValueNode | undefined): unknown {
  if (node?.kind === Kind.INT) return Number(node.value);
  if (node?.kind === Kind.ENUM) return node.value;
  return node?.kind === Kind.LIST ? node.values : undefined;
}
