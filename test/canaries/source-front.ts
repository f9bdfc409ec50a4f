import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** How a front answers: as the simulator behind it does, or with all that it knows where nothing of it belongs. */
export const moods = [
  'HONEST',
  'ECHO_400',
  'ECHO_401',
  'ECHO_403',
  'ECHO_404',
  'ECHO_409',
  'ECHO_422',
  'ECHO_429',
  'ECHO_500',
  'ECHO_503',
  'ECHO_HTML',
  'ECHO_REDIRECT',
  'ECHO_HEADERS',
  'BAD_JSON',
  'BAD_SHAPE',
  'BAD_TYPES',
  'BAD_BYTES',
  'BAD_HTTP',
  'BAD_CHUNKS',
] as const;
export type Mood = (typeof moods)[number];

/**
 * Stands before a simulator. Tells in answers that fail what it was sent, headers with credentials included, and what
 * it knows of people: as sources do that print the request into their error pages.
 */
export class SourceFront implements AsyncDisposable {
  mood: Mood = 'HONEST';
  /** Every credential that it was shown. */
  readonly credentials = new Set<string>();
  readonly answered = new Map<Mood, number>();
  readonly #behind: URL;
  readonly #known: readonly string[];
  readonly #server: Server;

  constructor(behind: string, known: readonly string[]) {
    this.#behind = new URL(behind);
    this.#known = known;
    this.#server = createServer((asked, answer) => this.#answer(asked, answer));
  }

  async start(): Promise<string> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#server.listen(0, '127.0.0.1', resolve);
    await promise;
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#server.close(() => resolve());
    this.#server.closeAllConnections();
    await promise;
  }

  #answer(asked: IncomingMessage, answer: ServerResponse): void {
    for (const name of ['authorization', 'x-sumvin-pat']) {
      const shown = asked.headers[name];
      if (typeof shown === 'string') this.credentials.add(shown.replace(/^(Bearer|Basic) /, ''));
    }
    this.answered.set(this.mood, (this.answered.get(this.mood) ?? 0) + 1);
    if (this.mood === 'HONEST') return this.#pass(asked, answer);
    misbehave(this.mood, { headers: asked.headers, url: asked.url, people: this.#known }, answer);
  }

  #pass(asked: IncomingMessage, answer: ServerResponse): void {
    const { hostname, port } = this.#behind;
    const { method, url: path, headers } = asked;
    const onward = request({ hostname, port, method, path, headers }, (got) => {
      answer.writeHead(got.statusCode ?? 502, got.headers);
      got.on('error', () => answer.destroy()).pipe(answer);
    });
    // A simulator that cuts, or stays silent, does so through the front too.
    onward.on('error', () => answer.destroy());
    answer.on('close', () => onward.destroy());
    asked.pipe(onward);
  }
}

type Known = {
  readonly headers: unknown;
  readonly url: string | undefined;
  readonly people: readonly string[];
};
const JSON_TYPE = { 'content-type': 'application/json' };

type Misbehaviour = (
  told: { readonly text: string; readonly person: string; readonly known: Known },
  answer: ServerResponse,
) => void;
const MISBEHAVIOURS: Readonly<Partial<Record<Mood, Misbehaviour>>> = {
  ECHO_HTML: ({ text }, answer) =>
    void answer.writeHead(500, { 'content-type': 'text/html' }).end(`<h1>${text}</h1>`),
  ECHO_REDIRECT: ({ text, person }, answer) =>
    void answer.writeHead(307, { location: `/${person}?of=${person}` }).end(text),
  ECHO_HEADERS: ({ person }, answer) =>
    void answer
      .writeHead(503, `No ${person}`, {
        'retry-after': person,
        'www-authenticate': `Bearer error="${person}"`,
        'x-request-id': person,
        'set-cookie': `of=${person}`,
      })
      .end(),
  BAD_JSON: ({ text, known }, answer) =>
    void answer.writeHead(200, JSON_TYPE).end(`{"data": ["${known.people.join('", ')}, ${text}`),
  BAD_SHAPE: ({ text, person, known }, answer) =>
    void answer.writeHead(200, JSON_TYPE).end(JSON.stringify([known, { [person]: text }])),
  BAD_TYPES: ({ known }, answer) =>
    void answer.writeHead(200, JSON_TYPE).end(JSON.stringify(ofWrongTypes(known))),
  BAD_BYTES: ({ text }, answer) =>
    void answer
      .writeHead(200, { ...JSON_TYPE, 'content-encoding': 'gzip' })
      .end(Buffer.concat([Buffer.from([0xff, 0xfe, 0x1f]), Buffer.from(text)])),
  BAD_HTTP: ({ text }, answer) => void answer.socket?.end(`HTTP/1.1 2OO ${text}\r\n${text}\r\n\r\n${text}`),
  BAD_CHUNKS: ({ text }, answer) =>
    void answer.socket?.end(`HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n${text}\r\n${text}`),
};

/** The other moods are a status and a page of JSON. */
function misbehave(mood: Mood, known: Known, answer: ServerResponse): void {
  const text = JSON.stringify({ error: 'failed', message: known.people.join(' '), detail: known });
  const misbehaviour = MISBEHAVIOURS[mood];
  if (misbehaviour === undefined) answer.writeHead(Number(mood.slice('ECHO_'.length)), JSON_TYPE).end(text);
  else misbehaviour({ text, person: encodeURIComponent(known.people[0] ?? ''), known }, answer);
}

/** A page of the right outline for any of the sources, with texts where they do not belong. */
function ofWrongTypes(known: Known): unknown {
  const row = Object.fromEntries(FIELDS.map((name) => [name, known]));
  const rows = known.people.slice(0, 3).map((value) => ({ ...row, id: { value }, status: [value] }));
  return {
    ...row,
    data: rows,
    content: rows,
    has_more: known.people,
    row_count: text(known),
    entities: rows,
  };
}
const FIELDS = [
  'id',
  'user_id',
  'status',
  'created_at',
  'documents',
  'personal_info',
  '_links',
  'check_confirmed_at',
];
const text = (known: Known) => JSON.stringify(known);
