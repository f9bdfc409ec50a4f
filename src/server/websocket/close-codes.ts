import { CloseCode } from 'graphql-ws';

/** Why the server closes a WebSocket; the reason never quotes what was sent. Clients of graphql-ws come again after those of 1000 to 1999 and FORBIDDEN. */
export const closeOf = {
  restart: [1012, 'Service restart'],
  later: [1013, 'Try again later'],
  slow: [1013, 'Too slow: subscribe again after the last cursor'],
  forbidden: [CloseCode.Forbidden, 'Forbidden'],
  badMessage: [CloseCode.BadRequest, 'Invalid message received'],
} as const satisfies Record<string, Close>;
export type Close = readonly [code: number, reason: string];
