import {
  type ASTNode,
  type ASTVisitor,
  type DocumentNode,
  type FragmentDefinitionNode,
  GraphQLError,
  Kind,
  NoFragmentCyclesRule,
  parse,
  type SelectionSetNode,
  type ValidationContext,
  validate,
} from 'graphql';
import type { Plugin } from 'graphql-yoga';

/** More than the introspection query of any tool, and than any query that a person wrote. */
const MAX_TOKENS = 3000;
/** Introspection, the deepest query in honest use, needs 15. */
const MAX_DEPTH = 20;
/** Root fields of one operation, aliases included: each may ask every source. */
const MAX_ROOT_FIELDS = 50;
/** Fields of one object, aliases included. */
const MAX_FIELDS = 200;
/** Of the whole text. What repeats a name, and what fragments spread, is compared pair by pair when it is validated. */
const MAX_ALIASES = 200;
const MAX_DIRECTIVES = 50;
const MAX_FRAGMENTS = 100;
const MAX_REPEATS = 50;
/** Told of one operation: an answer never grows with what is wrong. */
const MAX_ERRORS = 5;

/** Caps on the text of an operation. What it costs to answer is another question. */
export function limitOperations(): Plugin {
  return {
    onParse({ setParseFn }) {
      setParseFn(parseWithinLimits);
    },
    onValidate({ setValidationFn }) {
      setValidationFn(validateSizeFirst);
    },
  };
}

/** The parser goes as deep as the text does, and the stack ends before the tokens of a list in lists. */
function parseWithinLimits(source: string, options: object): DocumentNode {
  try {
    return parse(source, { ...options, maxTokens: MAX_TOKENS });
  } catch (error) {
    throw error instanceof RangeError ? tooMuch('The operation is nested too deeply.') : error;
  }
}

/** The engine's own rules take time by the square of the size, and without end for fragments in circles. */
export const validateSizeFirst: typeof validate = (schema, document, rules, options) => {
  const told = { ...options, maxErrors: MAX_ERRORS };
  const errors = validate(schema, document, [NoFragmentCyclesRule, textSizeRule, operationSizeRule], told);
  return errors.length > 0 ? errors : validate(schema, document, rules, told);
};

function tooMuch(message: string, nodes?: ASTNode): GraphQLError {
  return new GraphQLError(message, { nodes, extensions: { code: 'TOO_COMPLEX' } });
}

/** What stands in the text, wherever. */
function textSizeRule(context: ValidationContext): ASTVisitor {
  const counts = { aliases: 0, directives: 0, repeats: 0, fragments: 0 };
  return {
    Field(node) {
      if (node.alias) counts.aliases += 1;
    },
    Directive() {
      counts.directives += 1;
    },
    FragmentDefinition() {
      counts.fragments += 1;
    },
    SelectionSet({ selections }) {
      const fields = selections.filter((one) => one.kind === Kind.FIELD);
      counts.repeats += fields.length - new Set(fields.map(({ alias, name }) => (alias ?? name).value)).size;
    },
    Document: {
      leave() {
        const check = (count: number, most: number, what: string) => {
          if (count > most) context.reportError(tooMuch(`An operation has at most ${most} ${what}.`));
        };
        check(counts.aliases, MAX_ALIASES, 'aliases');
        check(counts.directives, MAX_DIRECTIVES, 'directives');
        check(counts.fragments, MAX_FRAGMENTS, 'fragments');
        check(counts.repeats, MAX_REPEATS, 'fields that repeat a name beside them');
      },
    },
  };
}

/** Measured through fragments, each fragment once: a chain of them is as deep as if it were written out. */
function operationSizeRule(context: ValidationContext): ASTVisitor {
  const measured = new Map<string, Size>();
  return {
    OperationDefinition(node) {
      const { depth, fields, widest } = measure(node.selectionSet, context, measured);
      const check = (count: number, most: number, what: string) => {
        if (count > most)
          context.reportError(tooMuch(`An operation ${what.replace('#', String(most))}.`, node));
      };
      check(depth, MAX_DEPTH, 'is at most # fields deep');
      check(fields, MAX_ROOT_FIELDS, 'has at most # root fields');
      check(widest, MAX_FIELDS, 'asks at most # fields of one object');
    },
  };
}

interface Size {
  readonly depth: number;
  /** Of this level alone, aliases counted. */
  readonly fields: number;
  /** The most fields of a level below it. */
  readonly widest: number;
}
const NOTHING: Size = { depth: 0, fields: 0, widest: 0 };

function measure(set: SelectionSetNode, context: ValidationContext, measured: Map<string, Size>): Size {
  let depth = 0;
  let fields = 0;
  let widest = 0;
  for (const selection of set.selections) {
    if (selection.kind === Kind.FIELD) {
      const below = selection.selectionSet ? measure(selection.selectionSet, context, measured) : NOTHING;
      depth = Math.max(depth, below.depth + 1);
      widest = Math.max(widest, below.widest, below.fields);
      fields += 1;
      continue;
    }
    const spread =
      selection.kind === Kind.INLINE_FRAGMENT
        ? measure(selection.selectionSet, context, measured)
        : measureFragment(context.getFragment(selection.name.value), context, measured);
    depth = Math.max(depth, spread.depth);
    widest = Math.max(widest, spread.widest);
    fields += spread.fields;
  }
  return { depth, fields, widest };
}

function measureFragment(
  fragment: FragmentDefinitionNode | null | undefined,
  context: ValidationContext,
  measured: Map<string, Size>,
): Size {
  if (!fragment) return NOTHING;
  const known = measured.get(fragment.name.value);
  if (known) return known;
  // A fragment that spreads itself is refused by another rule; here it only must end.
  measured.set(fragment.name.value, NOTHING);
  const size = measure(fragment.selectionSet, context, measured);
  measured.set(fragment.name.value, size);
  return size;
}
