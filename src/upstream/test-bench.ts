import { z } from 'zod';

import { sourceId } from '#kyc/source-id';

import { createUpstream, type UpstreamOptions } from './create-upstream.ts';
import type { Upstream, UpstreamCall } from './request.ts';
import { answerJson, type Script, ScriptedServer } from './scripted-server.ts';
import { SourceError } from './source-error.ts';
import { noToken } from './tokens.ts';

const body = z.object({ ok: z.literal(true) });
export const get: UpstreamCall<z.infer<typeof body>> = {
  method: 'GET',
  path: 'things',
  schema: body,
  pace: 'READ',
};
export const fine: Script = (_request, response) => answerJson(response, 200, { ok: true });

/** A loopback server with an upstream to it, closed together. For tests alone. */
export class Bench {
  readonly #open: { close(): Promise<void> }[] = [];

  async serve(script: Script, options: Partial<UpstreamOptions> = {}) {
    const server = await ScriptedServer.start(script);
    this.#open.push(server);
    return { server, upstream: this.upstreamTo(server.url, options) };
  }

  upstreamTo(baseUrl: string, options: Partial<UpstreamOptions> = {}): Upstream {
    const defaults = { source: sourceId('TESTED'), timeoutMs: 5000, concurrency: 4, ratePerS: null };
    const upstream = createUpstream({ ...defaults, baseUrl, authorizer: noToken(), ...options });
    this.#open.push(upstream);
    return upstream;
  }

  async close(): Promise<void> {
    for (const one of this.#open.splice(0).reverse()) await one.close();
  }
}

/** The SourceError that a promise rejects with. @throws whatever else it comes to */
export async function failure(promise: Promise<unknown>): Promise<SourceError> {
  const error = await promise.then(
    () => new Error('it went well'),
    (reason: unknown) => reason,
  );
  if (error instanceof SourceError) return error;
  throw error;
}
