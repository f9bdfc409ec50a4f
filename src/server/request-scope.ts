import { AsyncLocalStorage } from 'node:async_hooks';

/** What of a request is known where nobody passes it on: in the masking of an error. */
export interface RequestScope {
  /** Made here, never taken from the caller. */
  readonly requestId: string;
}

export const requestScope = new AsyncLocalStorage<RequestScope>();
