import { createOpenPages, openWords } from '#sources/open-pages';
import type { Source, SourceDescriptor, SourceRoom } from '#sources/source';
import { proveByBody } from '#sources/webhook-proof';
import type { Authorizer } from '#upstream/authorizer';
import { createUpstream } from '#upstream/create-upstream';
import { keyExchange, staticToken } from '#upstream/tokens';

import { readEvent } from './changes.ts';
import { ROCKETKOR } from './normalize.ts';
import { fetchByUser, fetchPage, fetchPageWithStatus } from './read.ts';
import { RocketkorSandbox } from './sandbox.ts';
import { type RocketkorSettings, readSettings, variables } from './settings.ts';
import { statusMap } from './statuses.ts';

const descriptor: SourceDescriptor = {
  id: ROCKETKOR,
  description: 'RocketKOR: identity-verification applications with their entities; listed and by account.',
  kind: 'IDV_APPLICATION',
  ask: 'by-user',
  capabilities: ['LIST', 'BY_USER', 'WEBHOOK'],
  versioning: 'updatedAt',
  keepsPersonal: false,
  statusMap,
};

function authorizer({ apiKey, token, baseUrl, timeoutMs }: RocketkorSettings): Authorizer {
  if (apiKey === null) return staticToken(token ?? '');
  const exchangeUrl = `${baseUrl}/v1/api-keys/exchange`;
  return keyExchange({ exchangeUrl, apiKey: apiKey.key, apiSecret: apiKey.secret, timeoutMs });
}

function open(settings: RocketkorSettings): Source {
  const upstream = createUpstream({
    source: ROCKETKOR,
    baseUrl: settings.baseUrl,
    timeoutMs: settings.timeoutMs,
    concurrency: settings.concurrency,
    ratePerS: settings.ratePerS,
    authorizer: authorizer(settings),
  });
  return {
    descriptor,
    pace: settings.pace,
    owners: [],
    webhooks: {
      proves: settings.webhookSecret === null ? null : proveByBody(settings.webhookSecret),
      split: (body) => [body],
      read: readEvent,
    },
    fetchPage: (position, options) => fetchPage(upstream, position, options),
    fetchOpenPage: createOpenPages(openWords(statusMap), (word, position, options) =>
      fetchPageWithStatus(upstream, word, position, options),
    ),
    fetchByUser: (externalUserId, options) => fetchByUser(upstream, externalUserId, options),
    close: () => upstream.close(),
  };
}

export const rocketkor: SourceRoom<RocketkorSettings> = {
  descriptor,
  variables,
  readSettings,
  open,
  createSandbox: (people) => new RocketkorSandbox(people),
};
