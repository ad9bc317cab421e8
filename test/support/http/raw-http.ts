import { connect } from 'node:net';

/** A response as received. */
export interface RawResponse {
  readonly status: number;
  /** The status line and the headers. */
  readonly head: string;
  readonly body: string;
}

/** How long to wait for a response before ending the connection, if the server waits for more of the request. */
const END_AFTER_MS = 1000;

/**
 * Sends bytes on a new connection and returns everything received, as Latin-1. Ends the connection at the first byte of the
 * response; earlier, Node would consider the request aborted. Aborts an event stream at its beginning, as it would not end.
 */
export function exchange(port: number, request: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    const socket = connect(port, '127.0.0.1');
    socket.setTimeout(20_000, () =>
      socket.destroy(new Error(`Incomplete response to ${JSON.stringify(request)}`)),
    );
    socket.on('data', (chunk: Buffer) => {
      text += chunk.toString('latin1');
      socket.end();
      if (text.includes('Content-Type: text/event-stream')) socket.destroy();
    });
    socket.on('error', (error: NodeJS.ErrnoException) =>
      error.code === 'ECONNRESET' ? undefined : reject(error),
    );
    const end = setTimeout(() => socket.end(), END_AFTER_MS);
    socket.on('close', () => {
      clearTimeout(end);
      resolve(text);
    });
    socket.write(request, 'latin1');
    if (!request.includes('\r\n\r\n')) socket.end();
  });
}

/** Parses all responses on a connection, in order. */
export function parseResponses(text: string): RawResponse[] {
  const responses: RawResponse[] = [];
  for (let rest = text; rest !== '';) {
    const [, head = '', status = ''] = /^(HTTP\/1\.1 (\d{3}) [^]*?)\r\n\r\n/.exec(rest) ?? [];
    if (head === '') throw new Error(`Not an HTTP response: ${JSON.stringify(rest.slice(0, 200))}`);
    rest = rest.slice(head.length + 4);
    // A response to HEAD has a Content-Length without a body.
    const length = rest.startsWith('HTTP/1.1 ')
      ? 0
      : Number(/^content-length: (\d+)$/im.exec(head)?.[1] ?? Infinity);
    responses.push({ status: Number(status), head, body: rest.slice(0, length) });
    rest = rest.slice(length);
  }
  return responses;
}
