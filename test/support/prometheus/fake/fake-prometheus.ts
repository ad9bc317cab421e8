import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { text as readText } from 'node:stream/consumers';
import type { Certificate } from '../../files/certificates.js';
import type { RequestHandler } from '../../http/scripted-server.js';
import { evaluate, evaluateRange, readRange } from './evaluate.js';
import type { Labels } from './matches.js';
import { type Expression, PromqlError, readExpression } from './promql-reader.js';
import { readScrape } from './read-scrape.js';
import { type SeriesRange, SeriesStore } from './series-store.js';

/** A target that is scraped before each query. Its figures are the text; `undefined` if the scrape fails. */
interface Target {
  readonly labels: Labels;
  readonly read: () => Promise<string | undefined>;
}

/** A request for a query. */
export interface ReceivedQuery {
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly expression: string;
  readonly form: URLSearchParams;
}

/** A server with the part of the HTTP API of Prometheus that the service uses. It evaluates the queries. */
export class FakePrometheus {
  readonly queries: ReceivedQuery[] = [];
  /** Responds to all requests instead of the API. */
  respond: RequestHandler | undefined;
  /** Only this query, counted from 0, gets {@link respond}. */
  faultyQuery: number | undefined;
  /** The fields of each response besides the data. */
  extras: { readonly warnings?: readonly string[]; readonly isPartial?: boolean } = {};
  /** Only requests with this tenant get series, as with Mimir. */
  tenant: string | undefined;
  /** How far its clock is ahead of that of this machine, in seconds. */
  aheadS = 0;
  /** The number of connections opened so far. */
  connections = 0;
  readonly #store = new SeriesStore();
  readonly #targets: Target[] = [];
  readonly #server;
  #port = 0;

  private constructor(private readonly certificate: Certificate | undefined) {
    const onRequest = (request: IncomingMessage, response: ServerResponse): void => {
      void this.#handle(request, response);
    };
    this.#server =
      certificate === undefined ? createServer(onRequest) : createTlsServer({ ...certificate }, onRequest);
    this.#server.on('connection', () => this.connections++);
  }

  static async start(certificate?: Certificate): Promise<FakePrometheus> {
    const server = new FakePrometheus(certificate);
    await server.restart();
    return server;
  }

  get url(): string {
    return `${this.certificate === undefined ? 'http' : 'https'}://127.0.0.1:${this.#port}`;
  }

  /** The current time of its clock, in seconds since the Unix epoch. */
  get now(): number {
    return Math.round(Date.now() + this.aheadS * 1000) / 1000;
  }

  /** Starts at the same address again. */
  async restart(): Promise<void> {
    this.#server.listen(this.#port, '127.0.0.1');
    await once(this.#server, 'listening');
    this.#port = (this.#server.address() as AddressInfo).port;
  }

  /** Closes all connections. New ones are refused. */
  async stop(): Promise<void> {
    if (!this.#server.listening) return;
    const closed = once(this.#server, 'close');
    this.#server.close();
    this.#server.closeAllConnections();
    await closed;
  }

  /** Stores what a target says; `undefined` if the scrape fails. */
  scrape(target: Labels, text: string | undefined, at = this.now): void {
    const up = { labels: { __name__: 'up' }, value: Number(text !== undefined) };
    this.#store.addScrape(target, [...readScrape(text ?? ''), up], toMs(at));
  }

  /** Scrapes a target before each query for the current time. */
  addTarget(labels: Labels, read: Target['read']): void {
    this.#targets.push({ labels, read });
  }

  /** Forgets all series. */
  clear(): void {
    this.#store.clear();
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const form = new URLSearchParams(await readText(request));
    const { url = '', headers } = request;
    const route = /\/api\/v1\/([^?]*)/.exec(url)?.[1];
    const isQuery = route === 'query' || route === 'query_range';
    const expression = form.get('query') ?? '';
    if (isQuery) this.queries.push({ url, headers, expression, form });
    const isFaulty = this.faultyQuery === undefined || this.faultyQuery === this.queries.length - 1;
    if (this.respond !== undefined && isFaulty) this.respond(response, request);
    else if (isQuery) await this.#query(expression, form, headers, response);
    else if (route === 'status/buildinfo')
      send(response, 200, { status: 'success', data: { version: '3.5.0' } });
    else response.writeHead(404, { 'Content-Type': 'text/plain' }).end('404 page not found\n');
  }

  async #query(
    expression: string,
    form: URLSearchParams,
    headers: IncomingHttpHeaders,
    response: ServerResponse,
  ): Promise<void> {
    if (!form.has('time') && !form.has('step')) await this.#scrapeTargets();
    try {
      const data = this.#evaluate(readExpression(expression), form);
      const isTenant = this.tenant === undefined || headers['x-scope-orgid'] === this.tenant;
      send(response, 200, {
        status: 'success',
        data: isTenant ? data : { ...data, result: [] },
        ...this.extras,
      });
    } catch (error) {
      if (!(error instanceof PromqlError)) throw error;
      send(response, 400, { status: 'error', errorType: 'bad_data', error: error.message });
    }
  }

  #evaluate(expression: Expression, form: URLSearchParams): { resultType: string; result: unknown[] } {
    const [start, end, step] = ['start', 'end', 'step'].map((name) => toMs(Number(form.get(name)))) as [
      number,
      number,
      number,
    ];
    if (step > 0) return toMatrix(evaluateRange(expression, this.#store, { start, end, step }));
    const time = toMs(Number(form.get('time') ?? this.now));
    if (expression.kind === 'range') return toMatrix(readRange(expression, this.#store, time));
    const result = evaluate(expression, this.#store, time).map(({ labels, value }) => ({
      metric: labels,
      value: [time / 1000, String(value)],
    }));
    return { resultType: 'vector', result };
  }

  async #scrapeTargets(): Promise<void> {
    const texts = await Promise.all(this.#targets.map(({ read }) => read()));
    this.#targets.forEach(({ labels }, n) => this.scrape(labels, texts[n]));
  }
}

function toMatrix(series: readonly SeriesRange[]): { resultType: string; result: unknown[] } {
  const result = series.map(({ labels, points }) => ({
    metric: labels,
    values: points.map(({ at, value }) => [at / 1000, String(value)]),
  }));
  return { resultType: 'matrix', result };
}

function toMs(seconds: number): number {
  return Math.round(seconds * 1000);
}

function send(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(body));
}
