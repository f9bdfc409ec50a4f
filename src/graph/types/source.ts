import type { SourceId } from '#kyc/source-id';
import type { SourceErrorCode, SourceFailure, SourceReport, SourceState } from '#kyc/source-report';

import { builder } from '../builder.ts';
import { described } from '../described.ts';

/** Its values are the sources that the schema is built for (source-values.ts). */
const values: Record<SourceId, { description: string }> = {};
export const SourceEnum = builder.enumType('Source', {
  description: 'A KYC provider whose API is part of this graph.',
  values,
});

export const SourceErrorCodeEnum = builder.enumType('SourceErrorCode', {
  description: 'Why a source did not give what was asked.',
  values: described<SourceErrorCode>({
    SOURCE_UNREACHABLE: 'No connection, or it was cut.',
    SOURCE_TIMEOUT: 'No whole answer before the deadline.',
    SOURCE_RATE_LIMITED: 'The source asks for fewer calls; see retryAfterMs.',
    SOURCE_REFUSED: "The source refused the gateway's credentials or its request.",
    SOURCE_NOT_FOUND: 'The source knows no such thing.',
    SOURCE_BAD_PAYLOAD: 'The source answered something that is not of its documented form.',
    SOURCE_INCOMPLETE: 'The source answered, and rows may be missing.',
    SOURCE_CIRCUIT_OPEN: 'The source failed too often a moment ago and is left alone for a while.',
  }),
});

export const SourceErrorObject = builder.objectRef<SourceFailure>('SourceError').implement({
  description: "Why a source did not give what was asked, in the gateway's own words.",
  fields: (t) => ({
    code: t.expose('code', {
      dataClass: 'PUBLIC',
      type: SourceErrorCodeEnum,
      description: 'Stable, for programs.',
    }),
    message: t.exposeString('message', {
      dataClass: 'PUBLIC',
      description: 'For people; it never holds values of a payload.',
    }),
    retryAfterMs: t.exposeInt('retryAfterMs', {
      dataClass: 'PUBLIC',
      nullable: true,
      description: 'In how many milliseconds the source may be asked again; null where it does not say.',
    }),
  }),
});

export const SourceStateEnum = builder.enumType('SourceState', {
  description: 'How much of its part a source gave to an answer.',
  values: described<SourceState>({
    COMPLETE: 'All that the source has for this question, within its freshness.',
    PARTIAL: 'Rows are missing, or the last whole scan did not finish.',
    STALE: 'Older than asked for, or (lists) the last complete scan is older than twice the scan interval.',
    UNAVAILABLE: 'Nothing could be given.',
    NOT_APPLICABLE: 'The user has no identity there, or the source has no such records.',
  }),
});

export const SourceReportObject = builder.objectRef<SourceReport>('SourceReport').implement({
  description: 'How one source contributed to an answer.',
  fields: (t) => ({
    source: t.expose('source', {
      dataClass: 'INTERNAL',
      type: SourceEnum,
      description: 'The source that this is about.',
    }),
    state: t.expose('state', {
      dataClass: 'INTERNAL',
      type: SourceStateEnum,
      description: 'How much of its part it gave.',
    }),
    asOf: t.expose('asOf', {
      dataClass: 'INTERNAL',
      type: 'DateTime',
      nullable: true,
      description: 'When the data that this source contributed was last true.',
    }),
    error: t.expose('error', {
      dataClass: 'INTERNAL',
      type: SourceErrorObject,
      nullable: true,
      description: 'Present unless state is COMPLETE or NOT_APPLICABLE.',
    }),
  }),
});
