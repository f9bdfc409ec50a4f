import { createOpenPages, openWords } from '#sources/open-pages';
import { type Source, type SourceDescriptor, type SourceRoom } from '#sources/source';
import { proveByBody } from '#sources/webhook-proof';
import { createUpstream } from '#upstream/create-upstream';
import { staticToken } from '#upstream/tokens';

import { readEvent } from './changes.ts';
import { FINX, statusMap } from './normalize.ts';
import { fetchById, fetchByUser, fetchPage, fetchPageWithStatus } from './read.ts';
import { FinxSandbox } from './sandbox.ts';
import { type FinxSettings, readSettings, variables } from './settings.ts';

const descriptor: SourceDescriptor = {
  id: FINX,
  description: 'Fin X: KYC records with the document that was checked; listed, by customer and by id.',
  kind: 'KYC_RECORD',
  ask: 'by-user',
  capabilities: ['LIST', 'BY_USER', 'BY_ID', 'WEBHOOK'],
  versioning: 'updatedAt',
  keepsPersonal: false,
  statusMap,
};

function open(settings: FinxSettings): Source {
  const upstream = createUpstream({
    source: FINX,
    baseUrl: settings.baseUrl,
    timeoutMs: settings.timeoutMs,
    concurrency: settings.concurrency,
    ratePerS: settings.ratePerS,
    authorizer: staticToken(settings.token),
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
    fetchById: ({ externalId }, options) => fetchById(upstream, externalId, options),
    close: () => upstream.close(),
  };
}

export const finx: SourceRoom<FinxSettings> = {
  descriptor,
  variables,
  readSettings,
  open,
  createSandbox: (people) => new FinxSandbox(people),
};
