import type { Guard } from './refusal.ts';

const FORWARDING = /^(?:forwarded|x-forwarded-.+|x-real-ip|via)$/;

/** What a proxy passes on comes from somewhere else than this machine, and there everyone would be the operator. */
export const proxyGuard: Guard = (request) =>
  Object.keys(request.headers).some((name) => FORWARDING.test(name))
    ? {
        status: 403,
        code: 'FORBIDDEN',
        message: 'Forwarded requests are not served while callers are not asked who they are.',
      }
    : null;
