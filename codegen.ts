import type { CodegenConfig } from '@graphql-codegen/cli';

/** Makes typed operations for the tests: `graphql-codegen --config codegen.ts`. The examples of the docs are among them. */
export default {
  schema: 'schema/schema.graphql',
  documents: ['test/operations/*.graphql', 'docs/examples/*.graphql'],
  importExtension: '.ts',
  emitLegacyCommonJSImports: false,
  generates: {
    'test/generated/': {
      preset: 'client',
      presetConfig: { fragmentMasking: false },
      config: {
        useTypeImports: true,
        enumType: 'string-literal',
        strictScalars: true,
        scalars: { DateTime: 'string', Date: 'string', JSON: 'unknown', ID: 'string' },
      },
    },
  },
} satisfies CodegenConfig;
