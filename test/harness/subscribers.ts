import { type ChildProcess, spawn } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';

import { createClient as createSseClient } from 'graphql-sse';
import { createClient as createWsClient } from 'graphql-ws';
import type { Browser } from 'playwright-core';
import { WebSocket } from 'ws';

const OPERATION =
  'subscription Follow($after: String) { statusChanged(after: $after) { id cursor verificationId sequence to } }';
const RETRY_MS = 100;

interface Result {
  readonly data?: { readonly statusChanged?: { readonly id: string } | null } | null;
  readonly errors?: unknown;
  readonly extensions?: Readonly<Record<string, unknown>> | null;
}

/** Follows the log, and after each cut goes on by itself. */
export interface Subscriber {
  readonly name: string;
  /** Of all changes that it was given, in the order in which they came. */
  readonly ids: readonly string[];
  /** Whatever it was told beside them. */
  readonly complaints: readonly string[];
  close(): Promise<void>;
}

class Heard {
  readonly ids: string[] = [];
  readonly complaints: string[] = [];

  /** The cursor that came with it. */
  take(result: object): string | null {
    const { data, errors, extensions } = result as Result;
    if (data?.statusChanged != null) this.ids.push(data.statusChanged.id);
    else this.complaints.push(JSON.stringify(errors));
    const cursor = extensions?.['cursor'];
    return typeof cursor === 'string' ? cursor : null;
  }

  fail = (error: unknown): void => {
    this.complaints.push(error instanceof Error ? error.message : JSON.stringify(error));
  };
}

function told({ ids, complaints }: Heard): Pick<Subscriber, 'ids' | 'complaints'> {
  return { ids, complaints };
}

/** The variables are sent again with each connection: what stands in them then is where it goes on. */
export function followByGraphqlWs(url: string, after: string): Subscriber {
  const heard = new Heard();
  const client = createWsClient({
    url: url.replace('http', 'ws'),
    webSocketImpl: WebSocket,
    retryAttempts: Number.POSITIVE_INFINITY,
    retryWait: async () => await delay(RETRY_MS),
    // A port where nothing listens is an error to it, not a close.
    shouldRetry: () => true,
  });
  const variables = { after };
  client.subscribe(
    { query: OPERATION, variables },
    {
      next: (result) => {
        variables.after = heard.take(result) ?? variables.after;
      },
      error: heard.fail,
      complete: () => heard.complaints.push('complete'),
    },
  );
  const close = async () => await client.dispose();
  return { name: 'graphql-ws', ...told(heard), close };
}

/** The headers are made anew for each connection. */
export function followByGraphqlSse(url: string, after: string): Subscriber {
  const heard = new Heard();
  let cursor = after;
  const client = createSseClient({
    url,
    headers: () => ({ 'last-event-id': cursor }),
    retryAttempts: Number.POSITIVE_INFINITY,
    retry: async () => await delay(RETRY_MS),
  });
  client.subscribe(
    { query: OPERATION },
    {
      next: (result) => {
        cursor = heard.take(result) ?? cursor;
      },
      error: heard.fail,
      complete: () => heard.complaints.push('complete'),
    },
  );
  return { name: 'graphql-sse', ...told(heard), close: async () => client.dispose() };
}

/** A browser does all of it by itself. */
export async function followByEventSource(browser: Browser, url: string, after: string): Promise<Subscriber> {
  const heard = new Heard();
  const page = await browser.newPage();
  await page.goto(url);
  await page.exposeFunction('tell', (text: string) => heard.take(JSON.parse(text) as object));
  await page.exposeFunction('complain', (text: string) => heard.complaints.push(text));
  await page.evaluate(
    `{
      const source = new EventSource('/graphql?' + new URLSearchParams(${JSON.stringify({
        query: OPERATION,
        variables: JSON.stringify({ after }),
      })}));
      source.addEventListener('next', ({ data }) => tell(data));
      source.addEventListener('complete', () => complain('complete'));
      source.addEventListener('error', () => source.readyState === EventSource.CLOSED && complain('closed'));
    }`,
  );
  return { name: 'EventSource', ...told(heard), close: async () => await page.close() };
}

/** What a shell script would do: again, with the last id that was heard. */
export function followByCurl(url: string, after: string): Subscriber {
  const heard = new Heard();
  let lastId = after;
  let child: ChildProcess;
  let isClosed = false;
  const run = () => {
    const query = `query=${OPERATION}`;
    const headers = ['-H', 'accept: text/event-stream', '-H', `last-event-id: ${lastId}`];
    child = spawn('curl', ['-sN', '-G', url, '--data-urlencode', query, ...headers]);
    let text = '';
    child.stdout?.on('data', (chunk: Buffer) => {
      const events = (text + chunk.toString()).split('\n\n');
      text = events.pop() ?? '';
      for (const event of events) {
        lastId = /^id: (.+)$/m.exec(event)?.[1] ?? lastId;
        const data = /^event: next\n(?:id: .+\n)?data: (.+)$/m.exec(event)?.[1];
        if (data !== undefined) heard.take(JSON.parse(data) as object);
      }
    });
    child.once('close', () => {
      if (!isClosed) setTimeout(run, RETRY_MS);
    });
  };
  run();
  const close = async () => {
    isClosed = true;
    child.kill();
  };
  return { name: 'curl -N', ...told(heard), close };
}
