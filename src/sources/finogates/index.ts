import { createOpenPages, openWords } from '#sources/open-pages';
import type { Source, SourceDescriptor, SourceRoom } from '#sources/source';
import { createUpstream } from '#upstream/create-upstream';
import { clientCredentials, noToken, staticToken } from '#upstream/tokens';

import { proveByTime, readEvent } from './changes.ts';
import { FINOGATES, statusMap } from './normalize.ts';
import { FinogatesSandbox } from './sandbox.ts';
import { fetchPage, fetchPageWithStatus } from './scan.ts';
import { type FinogatesSettings, readSettings, variables } from './settings.ts';

const descriptor: SourceDescriptor = {
  id: FINOGATES,
  description: "Finogates: KYC records with the person's name and the vendor behind; only listed as a whole.",
  kind: 'KYC_RECORD',
  ask: 'scan',
  capabilities: ['LIST', 'WEBHOOK'],
  versioning: 'updatedAt',
  keepsPersonal: false,
  statusMap,
};

export const finogates: SourceRoom<FinogatesSettings> = {
  descriptor,
  variables,
  readSettings,
  open,
  createSandbox: (people) => new FinogatesSandbox(people),
};

function open(settings: FinogatesSettings): Source {
  const { baseUrl, timeoutMs, concurrency, ratePerS } = settings;
  const authorizer = authorizerOf(settings);
  const upstream = createUpstream({
    source: FINOGATES,
    baseUrl,
    timeoutMs,
    concurrency,
    ratePerS,
    authorizer,
  });
  return {
    descriptor,
    pace: settings.pace,
    owners: [],
    webhooks: {
      proves: settings.webhookSecret === null ? null : proveByTime(settings.webhookSecret),
      split: (body) => [body],
      read: readEvent,
    },
    fetchPage: (position, options) => fetchPage(upstream, position, options),
    fetchOpenPage: createOpenPages(openWords(statusMap), (word, position, options) =>
      fetchPageWithStatus(upstream, word, position, options),
    ),
    close: () => upstream.close(),
  };
}

function authorizerOf({ clientCredentials: credentials, token, timeoutMs }: FinogatesSettings) {
  // Its public page on tokens calls this OAuth 2.0 client credentials and shows JSON.
  if (credentials !== null) return clientCredentials({ ...credentials, timeoutMs, orJson: true });
  return token === null ? noToken() : staticToken(token);
}
