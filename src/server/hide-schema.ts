import { NoSchemaIntrospectionCustomRule, type validate } from 'graphql';
import type { Plugin } from 'graphql-yoga';

import type { Principal } from '#access/principal';

/** Who works on the gateway itself may look the schema up in it; others have it in writing. */
export function maySeeSchema({ kind }: Principal): boolean {
  return kind === 'OPERATOR' || kind === 'ANALYST';
}

/**
 * No introspection, and no name suggested for one that is wrong. For a handler of its own: Yoga keeps what it found of
 * a document, whoever sent it.
 */
export function hideSchema(): Plugin {
  return {
    onValidate({ addValidationRule, setValidationFn, validateFn }) {
      addValidationRule(NoSchemaIntrospectionCustomRule);
      const validateLoudly = validateFn as typeof validate;
      const validateSilently: typeof validate = (schema, document, rules) =>
        validateLoudly(schema, document, rules, { hideSuggestions: true });
      setValidationFn(validateSilently);
    },
  };
}
