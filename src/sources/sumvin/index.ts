import type { Source, SourceDescriptor, SourceRoom } from '#sources/source';
import { proveByBody } from '#sources/webhook-proof';
import { createUpstream } from '#upstream/create-upstream';
import { noToken } from '#upstream/tokens';

import { readEvent } from './changes.ts';
import { fetchDetails } from './endpoints.ts';
import { SUMVIN, statusMap } from './normalize.ts';
import { SumvinSandbox } from './sandbox.ts';
import { readSettings, type SumvinSettings, variables } from './settings.ts';

const descriptor: SourceDescriptor = {
  id: SUMVIN,
  description: 'Sumvin: one KYC record per owner of a personal access token.',
  kind: 'KYC_RECORD',
  ask: 'owner',
  capabilities: ['BY_OWNER', 'WEBHOOK'],
  versioning: 'read',
  keepsPersonal: true,
  statusMap,
};

export const sumvin: SourceRoom<SumvinSettings> = {
  descriptor,
  variables,
  readSettings,
  open,
  createSandbox: (people) => new SumvinSandbox(people),
};

function open({
  baseUrl,
  timeoutMs,
  concurrency,
  ratePerS,
  pace,
  owners,
  webhookSecret,
}: SumvinSettings): Source {
  // The owner's token rides on each call (x-sumvin-pat); the gateway has none of its own.
  const authorizer = noToken();
  const upstream = createUpstream({ source: SUMVIN, baseUrl, timeoutMs, concurrency, ratePerS, authorizer });
  return {
    descriptor,
    pace,
    owners,
    webhooks: {
      proves: webhookSecret === null ? null : proveByBody(webhookSecret),
      split: (body) => [body],
      read: readEvent,
    },
    fetchByOwner: (externalId, owner, options) => fetchDetails(upstream, externalId, owner, options),
    close: () => upstream.close(),
  };
}
