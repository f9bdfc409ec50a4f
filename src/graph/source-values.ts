import SchemaBuilder, { BasePlugin, type PothosTypeConfig, type SchemaTypes } from '@pothos/core';
import type { GraphQLSchema } from 'graphql';

import type { SourceId } from '#kyc/source-id';
import type { VerificationKind } from '#kyc/verification-core';

/** What the graph knows of a source: data given by the registry, so that no source is named here. */
export interface SourceOfSchema {
  readonly id: SourceId;
  /** One sentence for the enum value. */
  readonly description: string;
  /** The kind of its records. */
  readonly kind: VerificationKind;
}

declare global {
  export namespace PothosSchemaTypes {
    export interface Plugins<Types extends SchemaTypes> {
      sourceValues: SourceValuesPlugin<Types>;
    }
    export interface BuildSchemaOptions<Types extends SchemaTypes> {
      /** All sources of the registry, in its order: the values of the enum Source. */
      readonly sources?: readonly SourceOfSchema[];
    }
  }
}

const KINDS = Symbol('kinds of sources');

/** Gives the enum Source its values when a schema is built, and the schema what `kindOfSource` reads. */
class SourceValuesPlugin<Types extends SchemaTypes> extends BasePlugin<Types> {
  override onTypeConfig(config: PothosTypeConfig): PothosTypeConfig {
    if (config.kind !== 'Enum' || config.name !== 'Source') return config;
    const values = (this.options.sources ?? []).map(
      ({ id, description }) => [id, { description, pothosOptions: {} }] as const,
    );
    return { ...config, values: Object.fromEntries(values) };
  }

  override afterBuild(schema: GraphQLSchema): GraphQLSchema {
    const kinds = (this.options.sources ?? []).map(({ id, kind }) => [id, kind] as const);
    schema.extensions = { ...schema.extensions, [KINDS]: new Map(kinds) };
    return schema;
  }
}

SchemaBuilder.registerPlugin('sourceValues', SourceValuesPlugin);

/** The kind of a source's records; null for a word that names no source of this schema. */
export function kindOfSource(schema: GraphQLSchema, source: string): VerificationKind | null {
  const kinds = schema.extensions[KINDS];
  return kinds instanceof Map ? (kinds.get(source) ?? null) : null;
}
