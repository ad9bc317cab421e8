import { type Agent, get, type IncomingHttpHeaders } from 'node:http';
import { buffer } from 'node:stream/consumers';

export interface HttpResponse {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/**
 * Sends a GET request, over a new connection or one of the agent's, and reads the whole response. Retries if the server
 * closed a reused connection just before the request arrived (RFC 9112, section 9.3.1).
 */
export function httpGet(
  url: string,
  headers: Record<string, string> = {},
  agent?: Agent,
): Promise<HttpResponse> {
  return new Promise((resolve, reject) => {
    const request = get(url, { headers, agent: agent ?? false }, (response) => {
      const { statusCode = NaN } = response;
      buffer(response).then(
        (body) => resolve({ status: statusCode, headers: response.headers, body }),
        reject,
      );
    });
    request.on('error', (error: NodeJS.ErrnoException) => {
      if (request.reusedSocket && error.code === 'ECONNRESET') resolve(httpGet(url, headers, agent));
      else reject(error);
    });
  });
}
