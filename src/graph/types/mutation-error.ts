import { builder } from '../builder.ts';
import type { Refusal } from '../context.ts';
import { described } from '../described.ts';

const MutationErrorCodeEnum = builder.enumType('MutationErrorCode', {
  description: 'Why a mutation was refused.',
  values: described<Refusal['code']>({
    INVALID_INPUT: 'The input cannot be right; path says which field.',
    NOT_FOUND: 'There is no such thing that the caller may see.',
    NOT_SUPPORTED_BY_SOURCE: 'The source cannot do this.',
    SOURCE_REFUSED: 'The source said no.',
    SOURCE_UNAVAILABLE: 'The source could not be asked; nothing was done.',
    IDEMPOTENCY_CONFLICT: 'The idempotency key was used with another input.',
    IN_PROGRESS: 'The same is being done at this moment.',
    OUTCOME_UNKNOWN: 'The answer of the source was lost: a read will show what became of it.',
    CHANGED_UPSTREAM: 'The record is no longer what the caller took it to be.',
    ALREADY_LINKED: 'The identities belong to users that were joined with others before.',
  }),
});

/** A refusal and the input field that it is about. */
export interface MutationErrorShape extends Refusal {
  readonly path: readonly string[] | null;
}

export const MutationErrorObject = builder.objectRef<MutationErrorShape>('MutationError').implement({
  description: 'path names the input field, e.g. ["confirmedAddress", "line1"].',
  fields: (t) => ({
    code: t.expose('code', {
      dataClass: 'PUBLIC',
      type: MutationErrorCodeEnum,
      description: 'Stable, for programs.',
    }),
    message: t.exposeString('message', {
      dataClass: 'PUBLIC',
      description: 'For people; it never repeats the input.',
    }),
    path: t.exposeStringList('path', {
      dataClass: 'PUBLIC',
      nullable: true,
      description: 'The input field that it is about; null when it is about the whole.',
    }),
  }),
});

export function refused(refusal: Refusal, path: readonly string[] | null = null): MutationErrorShape {
  return { ...refusal, path };
}

export function invalid(message: string, path: readonly string[]): MutationErrorShape {
  return { code: 'INVALID_INPUT', message, path };
}
