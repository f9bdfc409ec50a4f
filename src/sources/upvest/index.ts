import type { Source, SourceDescriptor, SourceRoom } from '#sources/source';
import { proveByBody } from '#sources/webhook-proof';
import type { Authorizer } from '#upstream/authorizer';
import { createUpstream } from '#upstream/create-upstream';
import type { RequestSigner } from '#upstream/sign-request';
import { SourceError } from '#upstream/source-error';
import { clientCredentials, noToken, staticToken } from '#upstream/tokens';

import { readEvent, splitDelivery } from './changes.ts';
import { fetchCheck, fetchChecks } from './endpoints.ts';
import { statusMap, UPVEST } from './normalize.ts';
import { UpvestSandbox } from './sandbox.ts';
import { readSettings, type UpvestSettings, variables } from './settings.ts';
import { createSigner } from './signing.ts';

const descriptor: SourceDescriptor = {
  id: UPVEST,
  description: 'Upvest: the checks of a user (KYC, suitability, proof of residence, compliance).',
  kind: 'CHECK',
  ask: 'by-user',
  capabilities: ['BY_USER', 'BY_ID', 'WEBHOOK'],
  versioning: 'read',
  keepsPersonal: false,
  statusMap,
};

export const upvest: SourceRoom<UpvestSettings> = {
  descriptor,
  variables,
  readSettings,
  open,
  createSandbox: (people) => new UpvestSandbox(people),
};

function open(settings: UpvestSettings): Source {
  const { baseUrl, timeoutMs, concurrency, ratePerS, clientId, signing } = settings;
  const sign = signing === null ? undefined : createSigner(signing);
  const authorizer = authorizerOf(settings, sign);
  const limits = { timeoutMs, concurrency, ratePerS };
  const upstream = createUpstream({ source: UPVEST, baseUrl, ...limits, authorizer, sign });
  const client = { upstream, clientId };
  return {
    descriptor,
    pace: settings.pace,
    owners: [],
    webhooks: {
      proves: settings.webhookSecret === null ? null : proveByBody(settings.webhookSecret),
      split: splitDelivery,
      read: readEvent,
    },
    fetchByUser: (externalUserId, options) => fetchChecks(client, externalUserId, options),
    async fetchById({ externalId, externalUserId }, options) {
      if (externalUserId !== null) return fetchCheck(client, externalUserId, externalId, options);
      // Not null, which would say that the check is gone.
      throw new SourceError(
        'SOURCE_NOT_FOUND',
        'The source finds a check only below its user, who is not known.',
      );
    },
    close: () => upstream.close(),
  };
}

function authorizerOf(
  { clientCredentials: credentials, token, clientId, timeoutMs }: UpvestSettings,
  sign: RequestSigner | undefined,
): Authorizer {
  if (credentials !== null) {
    const headers: Record<string, string> = clientId === null ? {} : { 'upvest-client-id': clientId };
    return clientCredentials({ ...credentials, timeoutMs, headers, sign });
  }
  return token === null ? noToken() : staticToken(token);
}
