import { connect } from 'node:net';

/** One answer as it came over the connection. */
export interface RawAnswer {
  readonly status: number;
  /** The status line and the headers. */
  readonly head: string;
  readonly body: string;
}

/** A head that looks complete, but for which the server waits for more, is ended after so long. */
const END_AFTER_MS = 1000;

/**
 * Sends bytes over a connection of its own, and ends it at the first byte of the answer: earlier, Node would take the client
 * for gone. Gives all that came, in characters of one byte. A stream, which would never end, is left at its beginning.
 */
export function exchange(port: number, request: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    const socket = connect(port, '127.0.0.1');
    socket.setTimeout(20_000, () =>
      socket.destroy(new Error(`no end of the answer to ${JSON.stringify(request)}`)),
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

/** The answers on a connection, one after the other. */
export function answersIn(text: string): RawAnswer[] {
  const answers: RawAnswer[] = [];
  for (let rest = text; rest !== '';) {
    const [, head = '', status = ''] = /^(HTTP\/1\.1 (\d{3}) [^]*?)\r\n\r\n/.exec(rest) ?? [];
    if (head === '') throw new Error(`no answer: ${JSON.stringify(rest.slice(0, 200))}`);
    rest = rest.slice(head.length + 4);
    // An answer to HEAD has the length of a body that does not come.
    const length = rest.startsWith('HTTP/1.1 ')
      ? 0
      : Number(/^content-length: (\d+)$/im.exec(head)?.[1] ?? Infinity);
    answers.push({ status: Number(status), head, body: rest.slice(0, length) });
    rest = rest.slice(length);
  }
  return answers;
}
