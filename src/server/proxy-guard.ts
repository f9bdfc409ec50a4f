import type { Guard } from './refusal.ts';

/** The standard's, and those that proxies and networks of delivery set in its place. */
const FORWARDING =
  /^(?:forwarded|x-forwarded(?:-.+)?|forwarded-for|x-original-forwarded-for|via|(?:x-|true-|x-cluster-|fastly-|fly-)?client-ip|x-real-ip|cf-connecting-ip(?:v6)?|x-envoy-external-address)$/;

/** What a proxy passes on comes from somewhere else than this machine, and there everyone would be the operator. */
export const proxyGuard: Guard = (request) =>
  Object.keys(request.headers).some((name) => FORWARDING.test(name))
    ? {
        status: 403,
        code: 'FORBIDDEN',
        message: 'Forwarded requests are not served while callers are not asked who they are.',
      }
    : null;
