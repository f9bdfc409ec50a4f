import {
  type ASTVisitor,
  type FragmentDefinitionNode,
  GraphQLError,
  Kind,
  parse,
  type SelectionSetNode,
  type ValidationContext,
} from 'graphql';
import type { Plugin } from 'graphql-yoga';

/** More than the introspection query of any tool, and than any query that a person wrote. */
const MAX_TOKENS = 3000;
/** Introspection, the deepest query in honest use, needs 15. */
const MAX_DEPTH = 20;
/** Root fields of one operation, aliases included: each may ask every source. */
const MAX_ROOT_FIELDS = 50;

/** Caps on the text of an operation. What it costs to answer is another question. */
export function limitOperations(): Plugin {
  return {
    onParse({ setParseFn }) {
      setParseFn((source: string, options: object) => parse(source, { ...options, maxTokens: MAX_TOKENS }));
    },
    onValidate({ addValidationRule }) {
      addValidationRule(operationSizeRule);
    },
  };
}

/** Measured through fragments, each fragment once: a chain of them is as deep as if it were written out. */
function operationSizeRule(context: ValidationContext): ASTVisitor {
  const measured = new Map<string, Size>();
  return {
    OperationDefinition(node) {
      const { depth, fields } = measure(node.selectionSet, context, measured);
      const tooMuch = (message: string) =>
        context.reportError(new GraphQLError(message, { nodes: node, extensions: { code: 'TOO_COMPLEX' } }));
      if (depth > MAX_DEPTH) tooMuch(`An operation is at most ${MAX_DEPTH} fields deep.`);
      if (fields > MAX_ROOT_FIELDS) tooMuch(`An operation has at most ${MAX_ROOT_FIELDS} root fields.`);
    },
  };
}

interface Size {
  readonly depth: number;
  /** Of this level alone, aliases counted. */
  readonly fields: number;
}
const NOTHING: Size = { depth: 0, fields: 0 };

function measure(set: SelectionSetNode, context: ValidationContext, measured: Map<string, Size>): Size {
  let depth = 0;
  let fields = 0;
  for (const selection of set.selections) {
    if (selection.kind === Kind.FIELD) {
      const below = selection.selectionSet ? measure(selection.selectionSet, context, measured) : NOTHING;
      depth = Math.max(depth, below.depth + 1);
      fields += 1;
      continue;
    }
    const spread =
      selection.kind === Kind.INLINE_FRAGMENT
        ? measure(selection.selectionSet, context, measured)
        : measureFragment(context.getFragment(selection.name.value), context, measured);
    depth = Math.max(depth, spread.depth);
    fields += spread.fields;
  }
  return { depth, fields };
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
