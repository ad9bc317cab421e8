import { StatsClientError } from '../stats-client.error.js';

const KEY = /^[\x21-\x7e]+$/;

/** Where the service is, and how to ask it. The key is nowhere but in here, out of reach of a log. */
export class Connection {
  readonly #baseUrl: string;
  readonly #apiKey: string;
  readonly #fetch: typeof fetch;

  /** @throws {TypeError} when there can be no service at this URL, or no header can carry the key; repeats neither */
  constructor(baseUrl: string | URL, apiKey: string, fetchWith?: typeof fetch) {
    this.#baseUrl = validBaseUrl(baseUrl);
    if (typeof apiKey !== 'string' || !KEY.test(apiKey)) {
      throw new TypeError('apiKey must be printable ASCII characters without spaces, at least one');
    }
    this.#apiKey = apiKey;
    this.#fetch = fetchWith ?? ((...request) => fetch(...request)); // the global one as it is then
  }

  /**
   * Asks for a path, with the key unless the route is open to all. Gives the answer, whatever its status.
   *
   * @throws {StatsClientError} `network`, or the reason of the signal
   */
  async get(
    path: string,
    headers: Record<string, string>,
    signal: AbortSignal,
    withKey = true,
  ): Promise<Response> {
    const fetchOf = this.#fetch; // a browser's fetch must be no method of anything else
    const request: RequestInit & { readonly cache: 'no-store' } = {
      headers: withKey ? { ...headers, 'X-API-Key': this.#apiKey } : headers,
      signal,
      cache: 'no-store', // no browser's cache beside the ETags that are remembered here
      credentials: 'omit',
      redirect: 'manual', // the key goes to nobody else
    };
    return orNetworkError(signal, () => fetchOf(this.#baseUrl + path, request));
  }
}

/**
 * The bytes of an answer as they come.
 *
 * @throws {StatsClientError} `network`, or the reason of the signal
 */
export async function* bytesOf(response: Response, signal: AbortSignal): AsyncGenerator<Uint8Array, void> {
  const reader = response.body?.getReader() as ReadableStreamDefaultReader<Uint8Array> | undefined;
  for (;;) {
    // oxlint-disable-next-line no-await-in-loop -- piece after piece
    const piece = reader && (await orNetworkError(signal, () => reader.read()));
    if (piece?.value === undefined) return;
    yield piece.value;
  }
}

async function orNetworkError<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (signal.aborted) throw signal.reason; // oxlint-disable-line typescript/only-throw-error -- ours, of a TimeLimit
    throw new StatsClientError('network', `The service cannot be reached, or was lost${causeOf(error)}`, {
      cause: error,
    });
  }
}

/** What lies below "fetch failed": `ECONNREFUSED` and the like. */
function causeOf(error: unknown): string {
  const { code } = ((error as Error).cause ?? {}) as { code?: unknown };
  return typeof code === 'string' ? `: ${code}` : '';
}

function validBaseUrl(baseUrl: string | URL): string {
  const url = URL.canParse(String(baseUrl)) ? new URL(baseUrl) : undefined;
  if (url?.protocol !== 'http:' && url?.protocol !== 'https:') {
    throw new TypeError('baseUrl must be a URL that begins with http:// or https://');
  }
  if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '') {
    throw new TypeError('baseUrl must have no user, password, query or fragment');
  }
  return (url.origin + url.pathname).replace(/\/+$/, ''); // an empty query or fragment is left out
}
