import { type Agent, get, type IncomingHttpHeaders } from 'node:http';
import { buffer } from 'node:stream/consumers';

/** An answer with all of its body. */
export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/**
 * A GET over a connection of its own, which ends with the answer; or over one of an agent's. Asks again where the server
 * closed such a connection just before the request came (RFC 9112, section 9.3.1).
 */
export function httpGet(url: string, headers: Record<string, string> = {}, agent?: Agent): Promise<Answer> {
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
