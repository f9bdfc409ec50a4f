import type { IncomingMessage } from 'node:http';

import type { Guard } from './refusal.ts';

/** None of these can be sent by a page of another origin without asking first. */
const ACCEPTED_TYPES = ['application/json', 'application/graphql+json', 'application/graphql'];
const METHODS = ['GET', 'POST'];

export const methodGuard: Guard = ({ method }) =>
  METHODS.includes(method ?? '')
    ? null
    : {
        status: 405,
        code: 'BAD_USER_INPUT',
        message: 'GraphQL is asked by GET or POST.',
        headers: { allow: METHODS.join(', ') },
      };

/** JSON and GraphQL's own types, in UTF-8: no forms, no multipart, no plain text. */
export const contentGuard: Guard = (request) => {
  if (request.method !== 'POST' || isAccepted(request)) return null;
  return isEmpty(request)
    ? { status: 400, code: 'BAD_USER_INPUT', message: 'There is no body.' }
    : { status: 415, code: 'BAD_USER_INPUT', message: 'Send application/json in UTF-8.' };
};

function isEmpty({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] === undefined && Number(headers['content-length'] ?? 0) === 0;
}

function isAccepted(request: IncomingMessage): boolean {
  const types = request.headersDistinct['content-type'] ?? [];
  if (types.length !== 1 || isEncoded(request)) return false;
  const [type = '', ...parameters] = (types[0] ?? '')
    .toLowerCase()
    .split(';')
    .map((part) => part.trim());
  return ACCEPTED_TYPES.includes(type) && parameters.every((part) => /^charset="?utf-8"?$/.test(part));
}

/** A packed body would pass the cap small and come out large; of one in another coding a proxy reads something else. */
function isEncoded({ headers }: IncomingMessage): boolean {
  return (
    (headers['content-encoding'] ?? 'identity') !== 'identity' ||
    (headers['transfer-encoding'] ?? 'chunked').toLowerCase() !== 'chunked'
  );
}

/** A GET carries these as JSON in its query; Yoga takes text that is none for a failure of its own. */
const JSON_PARAMETERS = ['variables', 'extensions'];

export const queryGuard: Guard = (request) => {
  if (request.method !== 'GET') return null;
  const [, query = ''] = (request.url ?? '').split('?', 2);
  const parameters = new URLSearchParams(query);
  const wrong = JSON_PARAMETERS.find((name) => !isJson(parameters.get(name) || 'null'));
  if (wrong === undefined) return null;
  return { status: 400, code: 'BAD_USER_INPUT', message: `The parameter ${wrong} must be JSON.` };
};

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
