import { Agent, type Dispatcher, request } from 'undici';
import { readAuthorization, readCa } from '../../config/files/prometheus-files.js';
import type { Settings } from '../../config/settings.js';
import { StatsSourceError } from '../../sampling/stats-source.error.js';
import { TimeSlices } from '../../sampling/time-slices.js';
import { convertRequestError, createFileError } from './prometheus-failures.js';
import { ResultParser, type Row } from './result-parser.js';

/** How many queries run at the same time; the others wait. A sample has up to four. */
const MAX_CONNECTIONS = 8;

/** How long the client keeps away after a 429 without a usable `Retry-After`. */
const DEFAULT_RETRY_AFTER_MS = 1000;

/** The longest `Retry-After` that is obeyed. */
const MAX_RETRY_AFTER_MS = 60_000;

/** The time range of a query, in seconds since the Unix epoch. */
export interface QueryRange {
  readonly start: number;
  readonly end: number;
  readonly step: number;
}

/** What a query is evaluated for. */
export interface QueryTime {
  /** The evaluation time as the storage writes it, in seconds since the Unix epoch; without it, the current time of the storage. */
  readonly time?: string;
  readonly range?: QueryRange;
}

/** The connections that a request may use, and when it is given up. */
interface Connection {
  readonly agent: Agent;
  readonly deadline: AbortSignal;
}

/** Queries a Prometheus, or another storage with its HTTP API. Keeps its connections open. */
export class PrometheusClient {
  readonly #agent: Agent;
  /** For checks of the storage, which must not wait for samples. */
  readonly #checkAgent: Agent;
  readonly #base: URL;
  /** A 429 of the storage, and until when it is repeated without a new request. */
  #refusal: { readonly error: StatsSourceError; readonly until: number } | undefined;

  constructor(
    private readonly settings: Settings,
    url: URL,
  ) {
    this.#base = url;
    const ca = readCa(settings);
    const options = {
      pipelining: 1,
      maxResponseSize: settings.PROMETHEUS_MAX_RESPONSE_BYTES,
      headersTimeout: 0, // the signal of each request is the deadline
      bodyTimeout: 0,
      connect: ca === undefined ? {} : { ca },
    };
    this.#agent = new Agent({ ...options, connections: MAX_CONNECTIONS });
    this.#checkAgent = new Agent({ ...options, connections: 1 });
  }

  /**
   * Evaluates an expression. Passes each row on while the response arrives.
   *
   * @returns the warnings of the storage
   * @throws {StatsSourceError} if there is no complete result within the deadline
   */
  async query(
    expression: string,
    { time, range }: QueryTime,
    deadline: AbortSignal,
    onRow: (row: Row) => void,
  ): Promise<readonly string[]> {
    const times = range === undefined ? (time === undefined ? {} : { time }) : toTexts(range);
    const form = new URLSearchParams({ query: expression, ...times });
    form.set('timeout', `${this.settings.PROMETHEUS_TIMEOUT_MS}ms`);
    return this.#send(
      range === undefined ? 'query' : 'query_range',
      form,
      { agent: this.#agent, deadline },
      onRow,
    );
  }

  /**
   * Returns the version of the storage.
   *
   * @throws {StatsSourceError} if it does not respond
   */
  async readVersion(deadline: AbortSignal): Promise<string> {
    // A real query: the other routes of the API may work while queries do not.
    const connection = { agent: this.#checkAgent, deadline };
    await this.#send('query', new URLSearchParams({ query: 'vector(1)' }), connection, () => undefined);
    try {
      const response = await this.#request('status/buildinfo', 'GET', undefined, connection);
      const { data } = (await response.body.json()) as { data?: { version?: unknown } };
      return typeof data?.version === 'string' ? data.version : 'unknown';
    } catch {
      return 'unknown'; // not every storage has this route
    }
  }

  /** Closes the connections. Requests that still run fail. */
  async close(): Promise<void> {
    await Promise.all([this.#agent.destroy(), this.#checkAgent.destroy()]);
  }

  async #send(
    route: string,
    form: URLSearchParams,
    connection: Connection,
    onRow: (row: Row) => void,
  ): Promise<readonly string[]> {
    if (this.#refusal !== undefined && performance.now() < this.#refusal.until) throw this.#refusal.error;
    const { statusCode, headers, body } = await this.#request(route, 'POST', form.toString(), connection);
    const parser = new ResultParser(statusCode, onRow);
    const decoder = new TextDecoder();
    try {
      const slices = new TimeSlices('sample'); // the chunks of a large response arrive at once
      for await (const chunk of body)
        await slices.forEach([chunk as Buffer], (bytes) =>
          parser.add(decoder.decode(bytes, { stream: true })),
        );
      parser.add(decoder.decode());
      return parser.end();
    } catch (error) {
      if (!(error instanceof StatsSourceError)) throw convertRequestError(error);
      if (statusCode === 429)
        this.#refusal = { error, until: performance.now() + parseRetryAfterMs(headers['retry-after']) };
      throw error;
    }
  }

  async #request(
    route: string,
    method: 'GET' | 'POST',
    form: string | undefined,
    { agent: dispatcher, deadline: signal }: Connection,
  ): Promise<Dispatcher.ResponseData> {
    const authorization = this.#readAuthorization();
    const url = new URL(this.#base);
    url.pathname = `${url.pathname.replace(/\/$/, '')}/api/v1/${route}`;
    try {
      return await request(url, {
        method,
        dispatcher,
        signal,
        headers: {
          accept: 'application/json',
          ...(form !== undefined && { 'content-type': 'application/x-www-form-urlencoded' }),
          ...this.settings.PROMETHEUS_HEADERS,
          ...(authorization !== undefined && { authorization }),
        },
        body: form ?? null,
      });
    } catch (error) {
      throw convertRequestError(error);
    }
  }

  #readAuthorization(): string | undefined {
    try {
      return readAuthorization(this.settings);
    } catch (error) {
      throw createFileError(error);
    }
  }
}

function toTexts({ start, end, step }: QueryRange): Record<string, string> {
  return { start: String(start), end: String(end), step: String(step) };
}

/** Parses `Retry-After` in seconds or as a date (RFC 9110, section 10.2.3). */
function parseRetryAfterMs(value: string | readonly string[] | undefined): number {
  const text = String(value ?? '');
  const ms = /^\d+$/.test(text) ? Number(text) * 1000 : Date.parse(text) - Date.now();
  return Number.isNaN(ms) ? DEFAULT_RETRY_AFTER_MS : Math.min(Math.max(ms, 0), MAX_RETRY_AFTER_MS);
}
