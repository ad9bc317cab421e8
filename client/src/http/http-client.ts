import { StatsClientError } from '../stats-client.error.js';

const API_KEY = /^[\x21-\x7e]+$/;

/** Sends requests to the service. The API key is in a private field, so that logging a client does not print it. */
export class HttpClient {
  readonly #baseUrl: string;
  readonly #apiKey: string;
  readonly #fetch: typeof fetch;

  /** @throws {TypeError} for an invalid URL or API key; the message contains neither */
  constructor(baseUrl: string | URL, apiKey: string, fetchWith?: typeof fetch) {
    this.#baseUrl = normalizeBaseUrl(baseUrl);
    if (typeof apiKey !== 'string' || !API_KEY.test(apiKey)) {
      throw new TypeError('apiKey must be one or more printable ASCII characters, without spaces');
    }
    this.#apiKey = apiKey;
    this.#fetch = fetchWith ?? ((...request) => fetch(...request)); // looks up the global fetch at each call
  }

  /**
   * Sends a GET request and returns the response, whatever its status.
   *
   * @throws {StatsClientError} `network`, or the signal's reason
   */
  async get(
    path: string,
    headers: Record<string, string>,
    signal: AbortSignal,
    withKey = true,
  ): Promise<Response> {
    const fetchFunction = this.#fetch; // browsers reject `this.#fetch()`: fetch needs the global object as `this`
    const request: RequestInit & { readonly cache: 'no-store' } = {
      headers: withKey ? { ...headers, 'X-API-Key': this.#apiKey } : headers,
      signal,
      cache: 'no-store', // the client has its own cache
      credentials: 'omit',
      redirect: 'manual', // do not send the key to another host
    };
    return withNetworkErrors(signal, () => fetchFunction(this.#baseUrl + path, request));
  }
}

/**
 * Reads the body of a response, piece by piece as it arrives.
 *
 * @throws {StatsClientError} `network`, or the signal's reason
 */
export async function* readBytes(response: Response, signal: AbortSignal): AsyncGenerator<Uint8Array, void> {
  const reader = response.body?.getReader() as ReadableStreamDefaultReader<Uint8Array> | undefined;
  for (;;) {
    // oxlint-disable-next-line no-await-in-loop -- one piece after the other
    const piece = reader && (await withNetworkErrors(signal, () => reader.read()));
    if (piece?.value === undefined) return;
    yield piece.value;
  }
}

async function withNetworkErrors<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (signal.aborted) throw signal.reason; // oxlint-disable-line typescript/only-throw-error -- a StatsClientError
    const message = `Connection to the service failed or was lost${formatCause(error)}`;
    throw new StatsClientError('network', message, { cause: error });
  }
}

/** The code of the system error that caused "fetch failed", such as `: ECONNREFUSED`. */
function formatCause(error: unknown): string {
  const { code } = ((error as Error).cause ?? {}) as { code?: unknown };
  return typeof code === 'string' ? `: ${code}` : '';
}

function normalizeBaseUrl(baseUrl: string | URL): string {
  const url = URL.canParse(String(baseUrl)) ? new URL(baseUrl) : undefined;
  if (url?.protocol !== 'http:' && url?.protocol !== 'https:') {
    throw new TypeError('baseUrl must be a URL that starts with http:// or https://');
  }
  if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '') {
    throw new TypeError('baseUrl must not have a user, password, query or fragment');
  }
  return (url.origin + url.pathname).replace(/\/+$/, ''); // removes the `?` or `#` of an empty query or fragment
}
